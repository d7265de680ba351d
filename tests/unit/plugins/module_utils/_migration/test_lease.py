# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A lease as a container's metadata holds it."""

from __future__ import annotations

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.lease import (
    HEADER,
    Lease,
    later,
)

LEASE = Lease(
    "0123456789abcdef",
    "fedcba9876543210@dmz",
    "swift_sync on dmz, process 4711",
    "2026-01-01T00:00:00.000000",
    "2026-01-01T00:01:00.000000",
)


@pytest.mark.parametrize("owner", ["swift_sync on dmz, process 4711", "ü ö", "", "50% + 1"])
def test_what_is_stored_is_read_again(owner: str) -> None:
    lease = LEASE._replace(owner=owner)
    assert Lease.of(lease.headers()) == lease


def test_a_long_owner_is_cut_to_what_a_swift_stores() -> None:
    lease = LEASE._replace(owner="ü" * 300)
    [value] = lease.headers().values()
    assert value.isascii()
    assert len(value) <= 256
    found = Lease.of({HEADER: value})
    assert found is not None
    assert (found.run, found.until) == (LEASE.run, LEASE.until)


@pytest.mark.parametrize("value", ["", "x", "a b c d", "a b c d e f"])
def test_anything_else_is_no_lease(value: str) -> None:
    assert Lease.of({HEADER: value}) is None
    assert Lease.of({}) is None


@pytest.mark.parametrize(
    ("now", "ended"),
    [
        ("2026-01-01T00:00:59.999999", False),
        ("2026-01-01T00:01:00.000000", False),
        ("2026-01-01T00:01:00.000001", True),
        ("", False),
    ],
)
def test_it_ends_at_its_moment_and_never_by_a_clock_that_is_unknown(now: str, ended: bool) -> None:
    assert LEASE.has_ended(now) is ended


def test_a_later_moment_has_the_form_of_the_first() -> None:
    assert later("2026-01-01T00:00:00.000000", 60) == LEASE.until
