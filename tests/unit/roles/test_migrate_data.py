# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What the role tells of a run: what was done or would be, and the servers' counts."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.roles.template import evaluate

RESULT: dict[str, Any] = {
    "objects": {"copied": 3019, "replaced": 0, "refreshed": 0, "kept": 5, "extra": 2},
    "bytes_copied": 2048,
    "seconds": 2.0,
    "objects_per_second": 1509.5,
    "counted": None,
    "in_use": False,
    "notice": "",
}
NAMES = {
    "migrate_data_source_container": "users",
    "migrate_data_destination_container": "new",
}


def compared(counted: dict[str, Any] | None) -> str:
    variables = {"migrate_data_result": {"counted": counted}}
    return str(evaluate("migrate_data", "migrate_data_compared", variables))


def summary(*, check: bool, **result: Any) -> list[str]:
    variables = {
        **NAMES,
        "migrate_data_result": RESULT | result,
        "ansible_check_mode": check,
    }
    lines = evaluate("migrate_data", "migrate_data_summary", variables)
    return [line for line in (str(each).strip() for each in lines) if line]


def test_the_counts_of_both_servers_are_told() -> None:
    source, destination = {"objects": 56445, "bytes": 2048}, {"objects": 3, "bytes": 1}
    assert compared({"source": source, "destination": destination}) == (
        "the servers count 56,445 objects, 2.0 KiB, in the source and 3 objects, 1 Byte, "
        "in the destination, segments of large objects aside"
    )


def test_of_servers_that_were_not_asked_nothing_is_told() -> None:
    assert compared(None) == ""


def test_check_mode_says_of_all_that_it_would_be() -> None:
    assert summary(check=True) == [
        "users -> new: would copy 3,019 objects, 2.0 KiB as listed",
        "a run would give: copied 3019, kept 5, extra 2",
    ]


def test_a_run_says_what_was_and_where_its_report_is() -> None:
    kept = {"kept_record": "/h/1.json", "kept_list": "/h/1.jsonl.gz"}
    assert summary(check=False, kept_at="/home/me/report-1.json", **kept) == [
        "users -> new: 3,019 objects, 2.0 KiB, in 2.0 s, 1510 objects/s, bytes verified on both "
        "sides",
        "copied 3019, kept 5, extra 2",
        "the report of this run is /home/me/report-1.json",
        "its record is /h/1.json, the list of its objects /h/1.jsonl.gz",
    ]


def test_a_copy_that_keeps_nothing_is_the_first() -> None:
    def is_first(*, check: bool = False, **objects: int) -> bool:
        result = {"objects": RESULT["objects"] | objects}
        variables = {"migrate_data_result": result, "ansible_check_mode": check}
        return bool(evaluate("migrate_data", "migrate_data_is_first", variables))

    assert is_first(kept=0)
    assert not is_first(kept=5)
    assert not is_first(kept=0, copied=0)
    assert not is_first(kept=0, check=True)


def test_a_comparison_says_what_was_proved_and_where_the_proof_is() -> None:
    comparison = {
        "objects": {"match": 3019},
        "source": {"bytes": 2048},
        "sampled": 31,
        "destination": {"sha256": "e3b0"},
        "notice": "",
        "kept_at": "/home/me/proof-1.json",
        "kept_record": "/h/1.json",
        "kept_list": "/h/1.jsonl.gz",
    }
    variables = {**NAMES, "migrate_data_comparison": comparison}
    lines = evaluate("migrate_data", "migrate_data_proved_summary", variables)
    assert [line for each in lines if (line := str(each).strip())] == [
        "users = new: 3,019 objects, 2.0 KiB as listed, 31 of them by content; SHA-256 of the "
        "destination e3b0",
        "the proof is /home/me/proof-1.json",
        "its record is /h/1.json, the list of its objects /h/1.jsonl.gz",
    ]


def test_what_a_way_back_would_give_is_not_told_as_done() -> None:
    variables = {
        **NAMES,
        "migrate_data_returned": {"objects": {"copied": 2}, "notice": "", "conflicts": []},
        "ansible_check_mode": True,
    }
    lines = evaluate("migrate_data", "migrate_data_returned_summary", variables)
    assert str(lines[0]).strip() == "new -> users: a run would give: copied 2"


def asked(*runs: str, stop: bool = False, check: bool = False, **limits: Any) -> str:
    variables = {
        "migrate_data_controlled": {"runs": [{"what": run, "objects_done": 5} for run in runs]},
        "migrate_data_stop": stop,
        "migrate_data_concurrency": 64,
        "migrate_data_bandwidth_limit": 0,
        "migrate_data_requests_per_second": 0,
        "ansible_check_mode": check,
        **limits,
    }
    return str(evaluate("migrate_data", "migrate_data_controlled_summary", variables))


def test_what_a_run_was_asked_is_one_line() -> None:
    assert asked() == asked(stop=True) == "Nothing copies or compares here."
    assert asked("swift_sync") == (
        "swift_sync limited to 64 objects at once, any bandwidth, any number of requests."
    )
    limits = {"migrate_data_bandwidth_limit": 10 << 20, "migrate_data_requests_per_second": 2.5}
    assert asked("swift_sync", check=True, **limits) == (
        "swift_sync would be limited to 64 objects at once, 10.0 MiB/s, 2.5 requests/s."
    )
    assert asked("swift_compare", "swift_sync", stop=True) == (
        "swift_compare and swift_sync stopped after 5 and 5 objects. "
        "The next run goes on from there."
    )


@pytest.mark.parametrize(
    ("problems", "cube", "unseen"),
    [
        ([], [], []),
        (["no login."], ["", "no engine."], ["no login.", "no engine."]),
        ([], ["", ""], []),
    ],
)
def test_a_status_fails_for_cube_as_for_a_server_that_cannot_be_seen(
    problems: list[str], cube: list[str], unseen: list[str]
) -> None:
    stands = {"problems": problems, "cube": [{"problem": problem} for problem in cube]}
    variables = {"migrate_data_stands": stands}
    assert evaluate("migrate_data", "migrate_data_unseen", variables) == unseen
