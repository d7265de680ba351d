# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What does not fit into a destination container, and how it is told."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.account import Account
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.container_settings import (
    ContainerSettings,
    ContainerState,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.source_size import (
    SourceSize,
)

GIB = 1024**3
SIZE = SourceSize(2 * GIB, 10, "nerc_container_", "At NERC, choose Request Change")


def refused(
    *,
    destination: dict[str, Any] | None = None,
    account: dict[str, Any] | None = None,
    size: SourceSize = SIZE,
    **settings: int,
) -> str:
    """Return what is complained about; the source holds 2 GiB in 10 objects."""
    before = ContainerState(**{"exists": destination is not None, **(destination or {})})
    after = ContainerSettings(**settings).applied_to(before)  # type: ignore[arg-type]
    try:
        size.check_container("cube", after)
        size.check_account(Account(**{"bytes": 0, **(account or {})}), before)
    except MigrationError as error:
        return str(error)
    return ""


def test_without_quotas_nothing_is_in_the_way() -> None:
    assert refused() == ""


def test_a_login_that_may_not_see_the_account_is_no_obstacle() -> None:
    assert refused(account={"bytes": None}) == ""


@pytest.mark.parametrize("limit", [0, 2 * GIB])
def test_a_quota_that_suffices_is_no_obstacle(limit: int) -> None:
    assert refused(quota_bytes=limit) == ""
    assert refused(destination={"quota_bytes": limit}) == ""
    assert refused(account={"quota_bytes": limit or None}) == ""


def test_a_container_quota_below_the_source_is_told() -> None:
    for told in (
        refused(quota_bytes=2 * GIB - 1),
        refused(destination={"quota_bytes": 2 * GIB - 1}),
    ):
        assert told.startswith("nerc_container_quota_bytes: ")
        assert "2.000 GiB (2147483648 bytes)" in told
        assert "Set nerc_container_quota_bytes to at least 2147483648" in told


def test_a_quota_about_to_be_raised_is_no_obstacle() -> None:
    old = {"quota_bytes": 1, "quota_count": 1}
    assert refused(destination=old, quota_bytes=0, quota_count=10) == ""


def test_a_quota_of_objects_below_the_source_is_told() -> None:
    told = refused(quota_count=9)
    assert told.startswith("nerc_container_quota_count: the source holds 10 objects")


def test_an_account_with_too_little_room_is_told_with_what_to_ask_for_and_where() -> None:
    told = refused(account={"bytes": GIB, "quota_bytes": 2 * GIB})
    assert told.startswith("nerc_container_destination: ")
    assert "is 2.000 GiB" in told
    assert "3.000 GiB" in told
    assert "at least 3 GiB" in told
    assert told.endswith("At NERC, choose Request Change.")


def test_what_is_copied_already_is_not_needed_twice() -> None:
    there = {"objects": 5, "bytes": GIB}
    assert refused(destination=there, account={"bytes": GIB, "quota_bytes": 2 * GIB}) == ""


def test_without_a_prefix_the_modules_own_option_is_named() -> None:
    size = SourceSize(2 * GIB, 10)
    assert refused(size=size, quota_count=9).startswith("quota_count: ")
    assert refused(size=size, account={"quota_bytes": GIB}).startswith("the quota of the")
