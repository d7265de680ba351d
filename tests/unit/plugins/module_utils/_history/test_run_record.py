# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The file of a record: private, and no other run's."""

from __future__ import annotations

import datetime
import json
import stat
from pathlib import Path

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._history.run_record import (
    MIGRATE,
    RunRecord,
    moment,
    read_record,
    records,
)

BEGUN = datetime.datetime(2026, 11, 29, 19, 30, 12, 345678, tzinfo=datetime.UTC)


def test_its_name_has_the_moment_what_it_is_and_what_no_other_has(tmp_path: Path) -> None:
    one, other = (RunRecord(tmp_path, MIGRATE, BEGUN) for _number in range(2))
    assert one.name.startswith("20261129T193012Z-migrate-")
    assert one.name != other.name
    given = RunRecord(tmp_path, MIGRATE, BEGUN, "1a2b3c4d")
    assert given.path == tmp_path / "20261129T193012Z-migrate-1a2b3c4d.json"
    assert given.list_path == tmp_path / "20261129T193012Z-migrate-1a2b3c4d.jsonl.gz"


def test_it_is_private_and_replaced_by_its_run(tmp_path: Path) -> None:
    record = RunRecord(tmp_path / "state" / "runs", MIGRATE, BEGUN)
    record.begin()
    with pytest.raises(ValueError, match="Expecting value"):
        read_record(record.path)
    record.write({"how": "unfinished"})
    record.write({"how": "done", "name of an object": "ü"})
    assert read_record(record.path) == {
        "format": 1,
        "name": record.name,
        "how": "done",
        "name of an object": "ü",
    }
    assert stat.S_IMODE(record.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(record.path.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(record.path.parent.parent.stat().st_mode) == 0o700


def test_it_takes_no_file_that_is_there(tmp_path: Path) -> None:
    record = RunRecord(tmp_path, MIGRATE, BEGUN, "1a2b3c4d")
    record.path.write_text("another run's")
    with pytest.raises(FileExistsError):
        record.begin()
    assert record.path.read_text() == "another run's"


def test_it_goes_into_no_folder_that_others_write_to(tmp_path: Path) -> None:
    folder = tmp_path / "runs"
    folder.mkdir()
    folder.chmod(0o777)
    with pytest.raises(OSError, match="other users may write"):
        RunRecord(folder, MIGRATE, BEGUN).begin()
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("content", [[], {"format": 2}, {}, "text"])
def test_what_is_no_record_is_none(tmp_path: Path, content: object) -> None:
    path = tmp_path / "x.json"
    path.write_text(json.dumps(content))
    path.chmod(0o600)
    with pytest.raises(ValueError, match=r"x\.json is no record"):
        read_record(path)


def test_the_newest_comes_first_and_lists_are_none(tmp_path: Path) -> None:
    for name in ("20261129T1Z-a-1.json", "20261130T1Z-a-1.json", "20261130T1Z-a-1.jsonl.gz"):
        (tmp_path / name).touch()
    assert [path.name for path in records(tmp_path)] == [
        "20261130T1Z-a-1.json",
        "20261129T1Z-a-1.json",
    ]
    assert list(records(tmp_path / "none")) == []


def test_a_moment_is_in_utc_with_milliseconds() -> None:
    assert moment(BEGUN.timestamp()) == "2026-11-29T19:30:12.345+00:00"
