# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What stands in the way of a destination container, and how it is told."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.roles.template import evaluate

GIB = 1024**3
NOTHING = {"exists": False, "objects": 0, "bytes": 0, "quota_bytes": None, "quota_count": None}


def obstacles(
    *,
    source: dict[str, Any] | None = None,
    destination: dict[str, Any] | None = None,
    account: dict[str, Any] | None = None,
    **variables: int,
) -> list[str]:
    """Return what the role would complain about; the source holds 2 GiB in 10 objects."""
    old = NOTHING | {"exists": True, "objects": 10, "bytes": 2 * GIB} | (source or {})
    known = variables | {
        "nerc_container_name": "cube",
        "nerc_container_from": {"containers": [old]},
        "nerc_container_to": {
            "containers": [NOTHING | (destination or {})],
            "account": {"bytes": 0, "quota_bytes": None} | (account or {}),
        },
    }
    told: list[str] = evaluate("nerc_container", "nerc_container_obstacles | select", known)
    return list(told)


def test_without_quotas_nothing_is_in_the_way() -> None:
    assert obstacles() == []


def test_a_login_that_may_not_see_the_account_is_no_obstacle() -> None:
    assert obstacles(account={"bytes": None}) == []


def test_a_source_that_does_not_exist_is_told() -> None:
    [told] = obstacles(source=NOTHING)
    assert "no container 'users'" in told
    assert "swift_migration_source_container" in told


@pytest.mark.parametrize("limit", [0, 2 * GIB])
def test_a_quota_that_suffices_is_no_obstacle(limit: int) -> None:
    assert obstacles(nerc_container_quota_bytes=limit) == []
    assert obstacles(destination={"exists": True, "quota_bytes": limit}) == []
    assert obstacles(account={"quota_bytes": limit or None}) == []


def test_a_container_quota_below_the_source_is_told() -> None:
    for told in (
        obstacles(nerc_container_quota_bytes=2 * GIB - 1),
        obstacles(destination={"exists": True, "quota_bytes": 2 * GIB - 1}),
    ):
        assert len(told) == 1
        assert "2.000 GiB (2147483648 bytes)" in told[0]
        assert "nerc_container_quota_bytes" in told[0]


def test_a_quota_about_to_be_raised_is_no_obstacle() -> None:
    old = {"exists": True, "quota_bytes": 1, "quota_count": 1}
    raised = {"nerc_container_quota_bytes": 0, "nerc_container_quota_count": 10}
    assert obstacles(destination=old, **raised) == []


def test_a_quota_of_objects_below_the_source_is_told() -> None:
    [told] = obstacles(nerc_container_quota_count=9)
    assert "10 objects" in told
    assert "nerc_container_quota_count" in told


def test_an_account_with_too_little_room_is_told_with_what_to_ask_for_and_where() -> None:
    [told] = obstacles(account={"bytes": GIB, "quota_bytes": 2 * GIB})
    assert "is 2.000 GiB" in told
    assert "3.000 GiB" in told
    assert "at least 3 GiB" in told
    assert "Request Change" in told


def test_what_is_copied_already_is_not_needed_twice() -> None:
    there = {"exists": True, "objects": 5, "bytes": GIB}
    assert obstacles(destination=there, account={"bytes": GIB, "quota_bytes": 2 * GIB}) == []
