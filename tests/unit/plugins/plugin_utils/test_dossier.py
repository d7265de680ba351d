# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What a dossier tells of a migration."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.plugin_utils._dossier import FIRST, Dossier
from ansible_collections.fnndsc.swift_migration.plugins.plugin_utils._migration_records import (
    MigrationRecords,
)

from tests.unit.plugins.plugin_utils.records import (
    BEGIN,
    HOSTILE,
    SHA256,
    comparison,
    copy,
    cutover,
    history,
    run,
)

Record = dict[str, Any]


def told(*records: Record) -> dict[str, Any]:
    return Dossier(MigrationRecords.latest(records), BEGIN, "chris@laptop").content


def test_it_says_what_was_moved_from_where_to_where() -> None:
    content = told(*history())
    assert content["source"]["url"] == "https://users.example.org/v1/AUTH_chris"
    assert content["destination"]["container"] == "cube-users"
    moved = content["moved"]
    assert (moved["objects"], moved["bytes"], moved["segments"]) == (1552, 735156776, 9)
    assert (moved["runs"], moved["runs_not_done"]) == (3, 1)
    assert [each["name"] for each in content["runs"]] == [
        "2026-migrate-0",
        "2026-migrate-24",
        "2026-compare-25",
        "2026-migrate-30",
        "2026-compare-30.01",
    ]


def test_it_says_how_it_was_verified_with_both_digests() -> None:
    proof = told(*history())["proof"]
    assert (proof["name"], proof["level"], proof["sample"]) == (
        "2026-compare-30.01",
        "content",
        "1%",
    )
    assert proof["source"]["sha256"] == proof["destination"]["sha256"] == SHA256
    assert proof["equal"]


def test_a_comparison_of_a_part_proves_nothing() -> None:
    part = comparison(1, complete=False)
    content = told(copy(0), part)
    assert content["proof"] is None
    assert content["verdict"] == "warning"
    assert content["summary"].startswith("No comparison of all names has come to its end")


def test_what_was_proved_unequal_is_a_failure() -> None:
    content = told(copy(0), comparison(1), comparison(2, equal=False))
    assert content["verdict"] == "failure"
    assert content["summary"] == "Both containers were found unequal on 2026-11-29 10:01 UTC."


def test_a_proof_of_all_that_was_copied_is_ok() -> None:
    content = told(copy(0), comparison(1))
    assert content["verdict"] == "ok"
    assert content["summary"] == "Both containers were proved equal on 2026-11-29 09:01 UTC."


@pytest.mark.parametrize(
    "later", [copy(2), run("rollback", 2, result={"objects": {"deleted": 1500}})]
)
def test_a_proof_says_nothing_of_what_was_done_after_it(later: Record) -> None:
    content = told(copy(0), comparison(1), later)
    assert content["verdict"] == "warning"
    assert "Objects copied or deleted after that: 1,500." in content["summary"]


def test_it_says_what_was_accepted_and_by_whose_word() -> None:
    content = told(*history())
    assert content["accepted"] == {
        "objects": 1,
        "first": [{"name": HOSTILE.replace("\u202e", "\\u202e"), "why": "source: it answers 404"}],
        "asked_by": "chris@laptop",
        "by": "mover@dmz",
    }
    assert content["verdict"] == "warning"


def test_without_a_proof_the_last_copy_tells_what_was_accepted() -> None:
    lost = {"name": "lost", "side": "source", "reason": "404", "accepted": True}
    content = told(copy(0, counts={"unreadable": 30}, result={"unreadable": [lost] * 20}))
    assert content["accepted"]["objects"] == 20
    assert content["failed"]["objects"] == 0


def test_it_says_what_was_set_aside_left_and_deleted() -> None:
    changed = {"match": 1500, "written": 204, "deleted": 3}
    after = comparison(40, objects=changed, since="2026-11-30", deleted=["gone"])
    content = told(*history(), after)
    assert content["set_aside"] == {
        "since": "2026-11-30",
        "written": 204,
        "deleted": 3,
        "first_deleted": ["gone"],
    }
    [left] = content["left"]
    assert (left["what"], left["objects"]) == ("extra", 5)
    [deleted] = content["deletes"]
    assert (deleted["side"], deleted["objects"], deleted["most"]) == ("destination", 4, "10%")
    assert deleted["asked_by"] == "chris@laptop"


def test_a_way_back_deletes_at_the_source() -> None:
    theirs = [{"below": 2, "objects": 10**9}]
    back = run("rollback", 2, result={"objects": {"deleted": 2, "conflict": 1}}, sizes=theirs)
    assert told(back)["sizes"] == []
    content = told(copy(0), back)
    assert content["sizes"] == copy(0)["sizes"]
    assert [each["side"] for each in content["deletes"]] == ["source"]
    assert [each["what"] for each in content["left"]] == ["conflict"]


def test_it_names_what_failed_in_the_last_copy_only() -> None:
    failures = [{"name": f"object-{index}", "reason": "503"} for index in range(20)]
    lost = {"name": "lost", "side": "source", "reason": "404", "accepted": False}
    failed = copy(
        2,
        how="failed",
        counts={"failed": 30, "unreadable": 1},
        result={"failures": failures, "unreadable": [lost]},
    )
    content = told(*history(), failed)
    assert (content["failed"]["objects"], content["failed"]["before"]) == (0, 31)
    content = told(copy(0, how="failed", counts={"failed": 4}), failed)
    assert (content["failed"]["objects"], content["failed"]["before"]) == (31, 4)
    assert len(content["failed"]["first"]) == FIRST
    assert "Objects that failed in the last copy: 31." in content["summary"]


def test_downtime_phases_and_warnings_are_those_of_the_plays() -> None:
    content = told(*history())
    [down] = content["downtimes"]
    assert down["seconds"] == sum(step["seconds"] for step in down["steps"]) == 38.0
    assert [each["phase"] for each in content["phases"]] == ["frozen", "cut-over"]
    assert content["preflight"]["checks"][0]["name"] == "clocks"
    assert content["catalogue"]["checks"][0]["host"] == ""
    assert content["catalogue"]["verdict"] == "ok"
    assert "phase 'cut-over' since 2026-11-30 14:00 UTC" in content["summary"]


def test_a_play_that_did_not_stop_the_application_has_no_downtime() -> None:
    one = copy(0)
    play = cutover(1, one, downtime=None, preflight=None, catalogue=None, events=[])
    content = told(one, play)
    assert (content["downtimes"], content["phases"]) == ([], [])
    assert content["preflight"] is content["catalogue"] is None


def test_an_application_that_is_not_up_again_is_a_warning() -> None:
    one, proof = copy(0), comparison(1)
    content = told(one, proof, cutover(2, one, downtime=None))
    assert content["verdict"] == "warning"
    assert "has stopped the application, and not seen it up again" in content["summary"]
    assert told(one, proof, cutover(2, one), cutover(3, one, downtime=None))["verdict"] == "warning"
    assert told(one, proof, cutover(2, one, downtime=None), cutover(3, one))["verdict"] == "ok"


def test_rates_are_those_of_each_interval_of_the_largest_and_the_last_copy_and_of_the_proof() -> (
    None
):
    content = told(*history())
    assert [each["name"] for each in content["throughput"]] == ["2026-migrate-0", "2026-migrate-30"]
    rows = content["throughput"][0]["rows"]
    assert len(rows) == 50
    assert rows[0] == [20.0, 1.5, 735051.75]


def test_histograms_are_summed_where_each_run_has_its_own_and_taken_where_all_see_the_same() -> (
    None
):
    content = told(*history())
    assert content["latencies"] == [
        {"below": 0.0625, "objects": 2700},
        {"below": 0.125, "objects": 1800},
    ]
    assert content["sizes"] == [{"below": 1, "objects": 3}, {"below": 1048576, "objects": 1500}]
    assert content["retries"] == {"throttled": 6}
    assert [each["seconds"] for each in content["slowest"]] == [60.5, 42.2, 36.2]


def test_the_same_records_give_the_same_bytes_in_which_nothing_steers_a_terminal() -> None:
    files = {
        Dossier(MigrationRecords.latest(order), BEGIN, "chris@laptop").to_json()
        for order in (history(), history()[::-1])
    }
    [file] = files
    assert json.loads(file)["kind"] == "dossier"
    assert list(json.loads(file)) == sorted(json.loads(file))
    assert file.isascii()
    assert b"\\u202e" in file
