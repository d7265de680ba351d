# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What a run tells."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.outcome import (
    Kind,
    Outcome,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.plan import (
    Action,
    Step,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.report import (
    SAMPLE,
    Report,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.listing import (
    ListedObject,
)


@pytest.mark.parametrize(
    ("action", "kind", "count"),
    [
        (Action.COPY, Kind.COPIED, "copied"),
        (Action.REPLACE, Kind.COPIED, "replaced"),
        (Action.REFRESH, Kind.COPIED, "refreshed"),
        (Action.REFRESH, Kind.KEPT, "kept"),
        (Action.DELETE, Kind.DELETED, "deleted"),
        (Action.COPY, Kind.VANISHED, "vanished"),
        (Action.COPY, Kind.EXPIRED, "expired"),
        (Action.COPY, Kind.UNREADABLE, "unreadable"),
        (Action.COPY, Kind.FAILED, "failed"),
    ],
)
def test_counts_each_outcome_under_its_name(action: Action, kind: Kind, count: str) -> None:
    report = Report()
    report.add(action, Outcome(kind, "o", 7))
    assert {name: number for name, number in report.objects.items() if number} == {count: 1}
    moved = count in ("copied", "replaced", "refreshed")
    assert report.bytes_copied == (7 if moved else 0)
    assert report.changed == (moved or count == "deleted")


def test_sums_up_both_listings() -> None:
    report = Report()
    entry = ListedObject("o", 5, "h", "", "")
    report.compared(Step(Action.COPY, entry))
    report.compared(Step(Action.KEEP, entry, entry._replace(size=6)))
    report.compared(Step(Action.DELETE, entry, entry))
    assert report.source == {"objects": 2, "bytes": 10}
    assert report.destination == {"objects": 2, "bytes": 11}
    assert report.objects["kept"] == 1


def test_the_result_is_bounded_and_the_file_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "new" / "report.jsonl"
    report = Report(str(path))
    report.open()
    for number in range(5 * SAMPLE):
        report.add(Action.COPY, Outcome(Kind.FAILED, f"{number}", reason="no"))
    report.close()
    assert len(report.result()["failures"]) == SAMPLE
    assert len(path.read_text().splitlines()) == 5 * SAMPLE
    assert json.loads(path.read_text().splitlines()[0])["name"] == "0"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_failures_are_told_with_their_number_and_the_first() -> None:
    report = Report()
    report.raise_for_failures()
    for name in "ab":
        report.add(Action.COPY, Outcome(Kind.FAILED, name, reason="refused."))
    with pytest.raises(
        MigrationError, match=r"^2 objects were not copied. The first is a: refused"
    ):
        report.raise_for_failures()


def test_a_file_that_cannot_be_written_is_told_before_anything_is_done(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(MigrationError, match=r"^report: cannot write .*/file/report.jsonl"):
        Report(str(tmp_path / "file" / "report.jsonl")).open()


def test_what_is_unreadable_fails_until_it_is_accepted_by_name() -> None:
    report = Report()
    report.accept = {"b"}
    for name in "ba":
        report.add(Action.COPY, Outcome(Kind.UNREADABLE, name, reason="404."))
    assert report.lacking == 1
    told = report.result()["unreadable"]
    assert [(each["name"], each["accepted"]) for each in told] == [("a", False), ("b", True)]
    with pytest.raises(
        MigrationError, match=r"^1 objects are listed but not readable. The first is a: 404"
    ):
        report.raise_for_failures()


def test_when_all_that_is_unreadable_is_accepted_nothing_fails() -> None:
    report = Report()
    report.accept = {"a"}
    report.add(Action.COPY, Outcome(Kind.UNREADABLE, "a", reason="404"))
    report.raise_for_failures()
    assert (report.lacking, report.objects["unreadable"], report.finished) == (0, 1, 1)


def test_those_not_accepted_are_not_crowded_out_of_the_sample() -> None:
    report = Report()
    accepted = [f"{number}" for number in range(2 * SAMPLE)]
    report.accept = set(accepted)
    for name in [*accepted, "lost"]:
        report.add(Action.COPY, Outcome(Kind.UNREADABLE, name, reason="404"))
    assert report.unreadable[0]["name"] == "lost"
    assert len(report.unreadable) == SAMPLE
