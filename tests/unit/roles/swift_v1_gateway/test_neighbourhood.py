# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Which addresses count as one."""

from __future__ import annotations

import pytest
from swift_v1_gateway.neighbourhood import LOOPBACK, neighbourhood


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("127.0.0.1", LOOPBACK),
        ("127.200.3.4", LOOPBACK),
        ("::1", LOOPBACK),
        ("::ffff:127.0.0.1", LOOPBACK),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("unknown", "unknown"),
    ],
)
def test_addresses_that_one_client_may_have_count_as_one(address: str, counted: str) -> None:
    assert neighbourhood(address) == counted
