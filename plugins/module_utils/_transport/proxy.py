# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Which proxy leads to a server, both for the login and for the objects.

requests and libcurl read the variables differently: libcurl knows no ``HTTP_PROXY`` in capitals,
and their ``NO_PROXY`` differs in addresses and ports.  What requests reads counts for both, and in
``NO_PROXY`` addresses of IPv6 with brackets and its networks, which requests does not know.
"""

from __future__ import annotations

import functools
import ipaddress
import os
import re
from urllib.parse import urlsplit
from urllib.request import getproxies

_BRACKETS = re.compile(r"\[([0-9a-fA-F:.]+)\]")


@functools.cache
def has_proxies() -> bool:
    """Whether the environment names any."""
    return bool(getproxies())


@functools.lru_cache(maxsize=64)
def proxy_for(origin: str) -> str:
    """Return the proxy's URL as the environment names it, "" for none.

    :param origin: address of the server, ``https://HOST:PORT``.
    """
    from requests.utils import get_environ_proxies, select_proxy

    exempt = os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or ""
    if _in_network(urlsplit(origin).hostname or "", exempt):
        return ""
    found = get_environ_proxies(origin, no_proxy=_BRACKETS.sub(r"\1", exempt) or None)
    return select_proxy(origin, found) or ""


def _in_network(host: str, exempt: str) -> bool:
    """Whether a host is an address of IPv6 in one of the networks of ``NO_PROXY``."""
    try:
        address = ipaddress.IPv6Address(host.partition("%")[0])
    except ValueError:
        return False
    for word in exempt.replace(",", " ").split():
        try:
            if "/" in word and address in ipaddress.IPv6Network(word, strict=False):
                return True
        except ValueError:  # of another kind
            continue
    return False


def through(origin: str) -> str:
    """Tell of the proxy in an error, without the password in it; "" if there is none."""
    proxy = proxy_for(origin)
    server = proxy.rpartition("@")[2].rpartition("//")[2].rstrip("/")
    return f" through the proxy {server}, which the environment names" if proxy else ""
