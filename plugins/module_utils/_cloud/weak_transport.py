# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What warns of a login that somebody on the way could read or change."""

from __future__ import annotations

import ipaddress
import logging

from .connection_options import ConnectionOptions, split_url

_LOG = logging.getLogger(__name__)


def warn_of_weak_transport(given: ConnectionOptions, used: ConnectionOptions) -> None:
    """Warn of plain http and of certificates that are not checked.

    :param given: the options as the user gave them.  :param used: the options in effect.
    """
    url = str(used.auth.get("auth_url", ""))
    if split_url(url).scheme == "http" and not _is_this_host(url):
        _LOG.warning(
            "%s: the login at %s is over plain http: everybody on the way can read the secret and "
            "the objects, and change them",
            given.origin("auth_url"),
            url,
        )
    if not used.validate_certs:
        _LOG.warning(
            "%s: the certificates of %s are not checked: everybody on the way can read the secret "
            "and the objects, and change them. Rather give %s",
            given.option("validate_certs"),
            url,
            given.option("ca_cert"),
        )


def _is_this_host(url: str) -> bool:
    host = split_url(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
