# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Addresses among which a client can choose as it likes count as one."""

from __future__ import annotations

import ipaddress

LOOPBACK = "127.0.0.0/8"


def neighbourhood(address: str) -> str:
    """Name what a client's address counts as.

    :returns: of IPv6 the network of 64 bits, of this host's own addresses one for all.
    """
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    if found.is_loopback:
        return LOOPBACK
    if isinstance(found, ipaddress.IPv6Address):
        return str(ipaddress.IPv6Network((found, 64), strict=False))
    return str(found)
