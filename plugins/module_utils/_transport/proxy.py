# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Which proxy leads to a server, both for the login and for the objects.

requests and libcurl read the variables differently: libcurl knows no ``HTTP_PROXY`` in capitals,
and their ``NO_PROXY`` differs in addresses and ports.  What requests reads counts for both.
"""

from __future__ import annotations

import functools
from urllib.request import getproxies


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

    return select_proxy(origin, get_environ_proxies(origin)) or ""


def through(origin: str) -> str:
    """Tell of the proxy in an error, without the password in it; "" if there is none."""
    proxy = proxy_for(origin)
    server = proxy.rpartition("@")[2].rpartition("//")[2].rstrip("/")
    return f" through the proxy {server}, which the environment names" if proxy else ""
