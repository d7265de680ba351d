# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Which records of a history are those of one migration."""

from __future__ import annotations

from typing import Any

from ansible_collections.fnndsc.swift_migration.plugins.plugin_utils._migration_records import (
    MigrationRecords,
)

from tests.unit.plugins.plugin_utils.records import copy, cutover, side


def names(records: tuple[Any, ...]) -> list[str]:
    return [record["name"] for record in records]


def test_they_are_those_of_the_pair_of_the_last_run_the_oldest_first() -> None:
    other = copy(1, destination={**side("cube-users"), "identity": "an earlier one of that name"})
    one, two = copy(0), copy(2)
    mine, foreign, empty = cutover(3, two), cutover(4, other), cutover(5)
    picked = MigrationRecords.latest([empty, two, foreign, other, mine, one])
    assert names(picked.runs) == names((one, two))
    assert names(picked.plays) == names((mine,))


def test_a_play_without_runs_is_that_of_the_only_migration() -> None:
    one, empty = copy(0), cutover(5)
    assert names(MigrationRecords.latest([empty, one]).plays) == names((empty,))


def test_a_container_may_be_named() -> None:
    one, other = copy(0), copy(1, destination=side("elsewhere"))
    assert names(MigrationRecords.latest([one, other], "cube-users").runs) == names((one,))


def test_a_history_without_runs_has_no_migration() -> None:
    assert MigrationRecords.latest([cutover(5)]) == MigrationRecords((), ())
