# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Quotas are checked before the first object is copied."""

from __future__ import annotations

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._account import Account
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._quota import GIB, check_room


def room(container: dict[str, str], account: Account) -> None:
    check_room(needed_bytes=10 * GIB, needed_objects=1000, container=container, account=account)


@pytest.mark.parametrize(
    ("container", "account"),
    [
        ({}, Account()),
        ({"x-container-meta-quota-bytes": str(10 * GIB)}, Account()),
        ({"x-container-meta-quota-count": "1000"}, Account()),
        ({}, Account(quota_bytes=10 * GIB)),
        # What the container holds already is replaced, not added.
        (
            {"x-container-bytes-used": str(9 * GIB)},
            Account(bytes=9 * GIB, quota_bytes=10 * GIB),
        ),
        ({"x-container-meta-quota-bytes": "-1"}, Account()),
    ],
)
def test_data_that_fits_is_let_through(container: dict[str, str], account: Account) -> None:
    room(container, account)
    tightened = {key: "1" for key in container if "quota" in key and container[key] != "-1"}
    if tightened:
        with pytest.raises(MigrationError):
            room(tightened, account)


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
