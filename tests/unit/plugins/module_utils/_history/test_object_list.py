# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The list of objects: whole, private, readable at any moment."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import stat
import subprocess
import threading
from pathlib import Path

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._history import object_list
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._history.object_list import (
    LINES,
    ObjectList,
    read_lines,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._history.rclone_words import (
    DIFFER,
    ERROR,
    MATCH,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run.jsonl.gz"


def opened(path: Path) -> ObjectList:
    listed = ObjectList()
    listed.open(path)
    return listed


def test_a_line_tells_what_is_known_and_nothing_else(path: Path) -> None:
    listed = opened(path)
    listed.add("a", MATCH, "kept", 5)
    listed.add("b", MATCH, "copied", 6, 0.0214)
    listed.add("c", ERROR, "failed", 0, why='answered "403"')
    listed.close()
    assert list(read_lines(path)) == [
        {"name": "a", "outcome": "match", "counted_as": "kept", "bytes": 5},
        {"name": "b", "outcome": "match", "counted_as": "copied", "bytes": 6, "seconds": 0.021},
        {
            "name": "c",
            "outcome": "error",
            "counted_as": "failed",
            "bytes": 0,
            "why": 'answered "403"',
        },
    ]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("name", ["ü/日本", 'a"b\\c', "line\nbreak", "\x1b[2Jx", "\x7f", "\ud800"])
def test_any_name_can_be_read_and_steers_no_terminal(path: Path, name: str) -> None:
    listed = opened(path)
    listed.add(name, MATCH, "kept", 1)
    listed.close()
    [line] = gzip.decompress(path.read_bytes()).decode().splitlines()
    assert line.isprintable()
    assert json.loads(line)["name"] == name


def test_other_programs_read_it_as_one_file(path: Path) -> None:
    listed = opened(path)
    for index in range(3 * LINES):
        listed.add(f"o{index}", MATCH, "kept", index)
    listed.close()
    text = subprocess.run(["gzip", "-dc", path], check=True, capture_output=True).stdout
    assert [json.loads(line)["bytes"] for line in text.splitlines()] == list(range(3 * LINES))
    told = listed.result()
    assert told["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (told["name"], told["lines"], told["problem"]) == (path.name, 3 * LINES, "")
    assert told["outcomes"] == {**dict.fromkeys(told["outcomes"], 0), "match": 3 * LINES}


def test_what_is_written_can_be_read_while_the_run_goes_on(path: Path) -> None:
    listed = opened(path)
    listed.add("a", MATCH, "kept", 1)
    assert list(read_lines(path)) == []
    listed.flush()
    listed.add("b", MATCH, "kept", 1)
    assert [line["name"] for line in read_lines(path)] == ["a"]
    assert listed.result()["sha256"] is None
    listed.close()
    assert [line["name"] for line in read_lines(path)] == ["a", "b"]


def test_one_that_is_cut_off_can_be_read_as_far_as_it_goes(path: Path) -> None:
    listed = opened(path)
    listed.add("a", MATCH, "kept", 1)
    listed.flush()
    listed.add("b" * 100, MATCH, "kept", 1)
    listed.close()
    path.write_bytes(path.read_bytes()[:-9])
    assert next(read_lines(path))["name"] == "a"
    assert all(line["name"] in ("a", "b" * 100) for line in read_lines(path))


def test_it_takes_no_file_that_is_there(path: Path) -> None:
    path.write_text("another run's")
    with pytest.raises(FileExistsError):
        opened(path)
    assert path.read_text() == "another run's"


def test_a_name_that_was_a_match_counts_once(path: Path) -> None:
    listed = opened(path)
    listed.add("a", MATCH, "match", 1)
    listed.add("b", MATCH, "match", 1)
    listed.add("a", MATCH, "match", 1, again=True)
    listed.add("b", DIFFER, "differ", 1, why="MD5", again=True)
    listed.close()
    assert [(line["name"], line["outcome"]) for line in read_lines(path)] == [
        ("a", "match"),
        ("b", "match"),
        ("b", "differ"),
    ]
    told = listed.result()["outcomes"]
    assert (told["match"], told["differ"]) == (1, 1)


def test_it_can_begin_again(path: Path) -> None:
    listed = opened(path)
    for index in range(LINES + 1):
        listed.add(f"{index}", MATCH, "kept", 1)
    listed.begin_again()
    listed.add("x", MATCH, "kept", 1)
    listed.close()
    assert [line["name"] for line in read_lines(path)] == ["x"]
    assert listed.result()["lines"] == 1


def test_before_it_is_opened_it_keeps_nothing() -> None:
    listed = ObjectList()
    listed.add("a", MATCH, "kept", 1)
    listed.flush()
    listed.close()
    assert (listed.result()["lines"], listed.result()["sha256"]) == (0, None)


def test_all_threads_may_write(path: Path) -> None:
    listed = opened(path)

    def work(number: int) -> None:
        for index in range(3000):
            listed.add(f"{number}/{index}", MATCH, "kept", 1)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    listed.close()
    assert len({line["name"] for line in read_lines(path)}) == 12000


def test_a_full_disk_is_told_and_does_not_end_the_run(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = opened(path)
    listed.add("a", MATCH, "kept", 1)
    listed.flush()

    def full(*_arguments: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(object_list.os, "pwrite", full)
    listed.add("b", MATCH, "kept", 1)
    listed.flush()
    listed.add("c", MATCH, "kept", 1)
    listed.close()
    assert listed.result()["problem"] == "it could not be written: No space left on device"
    assert [line["name"] for line in read_lines(path)] == ["a"]


def test_what_a_signal_interrupts_is_written_once(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = opened(path)
    real = os.pwrite

    def interrupted(*arguments: object) -> int:
        real(*arguments)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    listed.add("a", MATCH, "kept", 1)
    monkeypatch.setattr(object_list.os, "pwrite", interrupted)
    with pytest.raises(KeyboardInterrupt):
        listed.flush()
    monkeypatch.setattr(object_list.os, "pwrite", real)
    listed.add("b", MATCH, "kept", 1)
    listed.close()
    assert [line["name"] for line in read_lines(path)] == ["a", "b"]


def test_a_short_write_is_completed(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.pwrite
    monkeypatch.setattr(object_list.os, "pwrite", lambda file, block, at: real(file, block[:7], at))
    listed = opened(path)
    listed.add("a", MATCH, "kept", 1)
    listed.close()
    assert [line["name"] for line in read_lines(path)] == ["a"]
