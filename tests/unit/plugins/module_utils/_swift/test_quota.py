# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Quotas are checked before the first object is copied."""

from __future__ import annotations

import dataclasses

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.account import Account
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.quota import (
    GIB,
    check_room,
)


def room(container: dict[str, str], account: Account, objects: int = 1000) -> None:
    check_room(needed_bytes=10 * GIB, needed_objects=objects, container=container, account=account)


@pytest.mark.parametrize("quota", [{}, {"x-container-meta-quota-bytes": "-1"}])
def test_without_a_quota_anything_fits(quota: dict[str, str]) -> None:
    room(quota, Account(bytes=10**18), objects=10**18)
    with pytest.raises(MigrationError, match=r"^destination: the container's quota is 9 objects"):
        room({**quota, "x-container-meta-quota-count": "9"}, Account(bytes=10**18))


@pytest.mark.parametrize(
    ("container", "account", "tighter"),
    [
        ({"x-container-meta-quota-bytes": str(10 * GIB)}, Account(), ("container", 10 * GIB - 1)),
        ({"x-container-meta-quota-count": "1000"}, Account(), ("container", 999)),
        ({}, Account(quota_bytes=10 * GIB), ("account", 10 * GIB - 1)),
        # What the container holds already is replaced, not added.
        (
            {"x-container-bytes-used": str(9 * GIB)},
            Account(bytes=9 * GIB, quota_bytes=10 * GIB),
            ("account", 10 * GIB - 1),
        ),
    ],
)
def test_data_that_fits_exactly_is_let_through_and_not_one_more(
    container: dict[str, str], account: Account, tighter: tuple[str, int]
) -> None:
    room(container, account)
    where, limit = tighter
    if where == "container":
        container = {key: str(limit) for key in container}
    else:
        account = dataclasses.replace(account, quota_bytes=limit)
    with pytest.raises(MigrationError, match=rf"^destination: the {where}'s quota is {limit:,} "):
        room(container, account)


@pytest.mark.parametrize(
    ("container", "account", "message"),
    [
        (
            {"x-container-meta-quota-bytes": str(10 * GIB - 1)},
            Account(),
            r"container's quota is .*\(10.00 GiB\).*\(10.00 GiB\) are needed",
        ),
        ({"x-container-meta-quota-count": "999"}, Account(), "quota is 999 objects, 1,000 objects"),
        (
            {},
            Account(bytes=GIB, quota_bytes=10 * GIB),
            r"account's quota .*\(11.00 GiB\) are needed, .*\(1.00 GiB\) of it taken by other",
        ),
    ],
)
def test_a_quota_that_is_too_small_is_told_with_figures(
    container: dict[str, str], account: Account, message: str
) -> None:
    with pytest.raises(MigrationError, match=message) as caught:
        room(container, account)
    assert "Ask for a" in str(caught.value)
