# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Whether one side can be logged in to, and how its object store is reached."""

from __future__ import annotations

from collections.abc import Iterator

from .._check import OK, WARNING, Check
from .._cloud.connection import Connection
from .._cloud.weak_transport import weaknesses
from .._transport.http_messages import origin_of
from .._transport.proxy import through


def check_login(connection: Connection, side: str) -> Iterator[Check]:
    """Log in.

    :param side: ``source`` or ``destination``.
    :raises MigrationError: it fails; nothing else can be asked there.
    """
    connection.token()
    options = connection.options
    who = options.auth.get("username") or connection.project_name or "the credential's project"
    until = f", until {connection.expires_at:%Y-%m-%d %H:%M} UTC" if connection.expires_at else ""
    yield Check(f"login to the {side}", OK, f"logged in as {who}{until}")


def check_storage_url(connection: Connection, side: str) -> Iterator[Check]:
    """Find the account, and tell what is between.

    :raises MigrationError: the login names no address that may be used.
    """
    url = connection.storage_url
    yield Check(f"address of the {side}", OK, f"the object store is at {url}")
    name, weak = f"transport to the {side}", False
    for option, text, remedy in weaknesses(connection.options, connection.options):
        weak = True
        yield Check(name, WARNING, f"{option}: {text}", remedy or "Give an address of https")
    if not weak:
        yield Check(
            name, OK, "nobody on the way can read the secret, or it does not leave this host"
        )
    proxy = through(origin_of(url))
    if proxy:
        yield Check(
            f"proxy to the {side}",
            WARNING,
            f"all requests to {origin_of(url)} go{proxy}",
            "Set no_proxy in the mover's environment if that proxy is not meant for so many bytes",
        )


def check_server(connection: Connection, side: str) -> Iterator[Check]:
    """Tell what the server is.

    :raises MigrationError: its ``/info`` cannot be had.
    """
    profile = connection.profile()
    name = f"server of the {side}"
    if profile.name is None:
        yield Check(
            name,
            WARNING,
            "the server does not tell what it can do (/info)",
            "Swift's usual limits are expected of it. Ask its operators if they are others",
        )
    else:
        version = f" {profile.version}" if profile.version else ""
        kind = "a Ceph gateway, as Swift" if profile.is_ceph else "Swift"
        yield Check(name, OK, f"it is {kind}{version}")
