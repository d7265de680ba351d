# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""When the role says that the destination lacks something."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.roles.template import evaluate

NAMES = {
    "migrate_data_source_container": "users",
    "migrate_data_destination_container": "cube",
}


def container(objects: int, size: int) -> dict[str, Any]:
    return {"containers": [{"exists": True, "objects": objects, "bytes": size}]}


def lacks(
    *,
    before: tuple[int, int] = (10, 1000),
    listed: tuple[int, int] = (10, 1000),
    after: tuple[int, int] = (10, 1000),
    arrived: tuple[int, int] = (10, 1000),
    vanished: int = 0,
    expired: int = 0,
    unreadable: int = 0,
) -> str:
    """Return the role's complaint; each pair is a number of objects and of bytes."""
    counts = {"copied": 10, "replaced": 0, "refreshed": 0}
    variables = NAMES | {
        "migrate_data_before": container(*before),
        "migrate_data_after": container(*after),
        "migrate_data_arrived": container(*arrived),
        "migrate_data_result": {
            "source": {"objects": listed[0], "bytes": listed[1]},
            "objects": counts
            | {"vanished": vanished, "expired": expired, "unreadable": unreadable},
        },
    }
    return str(evaluate("migrate_data", "migrate_data_lacks", variables))


def test_equal_containers_lack_nothing() -> None:
    assert lacks() == ""


@pytest.mark.parametrize("arrived", [(9, 1000), (9, 900), (0, 0)])
def test_missing_objects_are_told(arrived: tuple[int, int]) -> None:
    assert f"{10 - arrived[0]} objects" in lacks(arrived=arrived)


def test_missing_bytes_are_told() -> None:
    assert "0 objects and 1 bytes of 'users' are missing" in lacks(arrived=(10, 999))


def test_more_at_the_destination_is_no_lack() -> None:
    assert lacks(arrived=(12, 5000)) == ""


@pytest.mark.parametrize("gone", ["vanished", "expired", "unreadable"])
def test_what_went_during_the_copy_is_no_lack(gone: str) -> None:
    went: dict[str, Any] = {gone: 1}
    assert lacks(arrived=(9, 900), **went) == ""
    assert lacks(arrived=(8, 800), **went) != ""


def test_what_cube_writes_during_the_copy_is_no_lack() -> None:
    assert lacks(after=(11, 1100)) == ""
    assert lacks(after=(10, 1100)) == ""


def test_what_cube_deletes_during_the_copy_is_no_lack() -> None:
    assert lacks(after=(9, 900), arrived=(9, 900)) == ""


def test_objects_missing_beside_a_writing_cube_are_told() -> None:
    assert "1 objects" in lacks(after=(11, 1100), arrived=(9, 1100))


def test_only_the_objects_below_a_prefix_are_due() -> None:
    assert lacks(listed=(3, 300), arrived=(3, 300)) == ""
    assert lacks(listed=(3, 300), arrived=(2, 300)) != ""


def test_shorter_manifests_of_large_objects_are_no_lack() -> None:
    assert lacks(listed=(10, 1500), arrived=(10, 950)) == ""
    assert lacks(listed=(10, 1500), arrived=(10, 499)) != ""


def test_a_run_that_copied_nothing_after_the_cutover_is_no_lack() -> None:
    assert lacks(listed=(0, 0), arrived=(2, 200)) == ""
