# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What warns of a login that somebody on the way could read or change."""

from __future__ import annotations

import ipaddress
import logging
from collections.abc import Iterator
from typing import NamedTuple

from .connection_options import ConnectionOptions, split_url

_LOG = logging.getLogger(__name__)


class Weakness(NamedTuple):
    """What somebody on the way could do.

    :param option: to look at.  :param remedy: empty where only the server's operators have one.
    """

    option: str
    text: str
    remedy: str = ""


def warn_of_weak_transport(given: ConnectionOptions, used: ConnectionOptions) -> None:
    """Warn of plain http and of certificates that are not checked.

    :param given: the options as the user gave them.  :param used: the options in effect.
    """
    for option, text, remedy in weaknesses(given, used):
        _LOG.warning("%s: %s%s", option, text, f". {remedy}" if remedy else "")


def weaknesses(given: ConnectionOptions, used: ConnectionOptions) -> Iterator[Weakness]:
    """What is weak about the way to a login, as :func:`warn_of_weak_transport` warns of it."""
    url = str(used.auth.get("auth_url", ""))
    if split_url(url).scheme == "http" and not _is_this_host(url):
        yield Weakness(
            given.origin("auth_url"),
            f"the login at {url} is over plain http: everybody on the way can read the secret and "
            "the objects, and change them",
        )
    if not used.validate_certs:
        yield Weakness(
            given.option("validate_certs"),
            f"the certificates of {url} are not checked: everybody on the way can read the secret "
            "and the objects, and change them",
            f"Rather give {given.option('ca_cert')}",
        )


def _is_this_host(url: str) -> bool:
    host = split_url(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
