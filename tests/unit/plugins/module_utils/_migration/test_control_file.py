# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What a run is asked while it goes on."""

from __future__ import annotations

import signal
import stat
import threading
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.control_file import (
    ControlFile,
    Wish,
    end_this_process,
)

WISH = Wish(bandwidth_limit=7, requests_per_second=0.5)


def heard(path: Path, *texts: str, mode: int = 0o600) -> list[Wish]:
    """What a run is told of these contents of its file."""
    told: list[Wish] = []
    with ControlFile(path, told.append) as control:
        for text in texts:
            file = path.with_name(f"{path.name}.control")
            file.write_text(text)
            file.chmod(mode)
            control.look()
            assert not file.exists()
    return told


def test_a_wish_is_heard_once_and_its_file_goes(tmp_path: Path) -> None:
    path, told = tmp_path / "pair.progress", list[Wish]()
    with ControlFile(path, told.append) as control:
        control.look()
        assert told == []
        file = WISH.write(path)
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert file.name == "pair.progress.control"
        control.look()
        assert not file.exists()
        control.look()
    assert told == [WISH]


def test_what_was_asked_of_another_run_is_dropped(tmp_path: Path) -> None:
    path, told = tmp_path / "pair.progress", list[Wish]()
    early = Wish(stop=True).write(path)
    with ControlFile(path, told.append) as control:
        control.look()
        late = Wish(stop=True).write(path)
    assert told == []
    assert (early.exists(), late.exists()) == (False, False)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"unknown": 1}',
        '{"concurrency": 0}',
        '{"bandwidth_limit": -1}',
        '{"timetable": {"x": 1}}',
        '{"timetable": 7}',
    ],
)
def test_what_is_no_wish_changes_nothing(tmp_path: Path, text: str) -> None:
    assert heard(tmp_path / "pair.progress", text) == [Wish()]


def test_a_file_that_others_may_write_is_not_obeyed(tmp_path: Path) -> None:
    assert heard(tmp_path / "x", '{"stop": true}') == [Wish(stop=True)]
    assert heard(tmp_path / "x", '{"stop": true}', mode=0o666) == [Wish()]


@pytest.mark.parametrize(
    ("values", "option"),
    [
        ({"bandwidth_limit": -1}, "bandwidth_limit"),
        ({"requests_per_second": float("inf")}, "requests_per_second"),
        ({"concurrency": 0}, "concurrency"),
        ({"timetable": {"8-18": 1}}, "timetable"),
    ],
)
def test_what_no_run_can_do_is_refused(values: dict[str, Any], option: str) -> None:
    with pytest.raises(MigrationError, match=option):
        Wish(**values).check()


def test_the_main_thread_is_told_to_end_from_another_one() -> None:
    told: list[int] = []
    before = signal.signal(signal.SIGTERM, lambda number, _frame: told.append(number))
    try:
        thread = threading.Thread(target=end_this_process)
        thread.start()
        thread.join()
        assert told == [signal.SIGTERM]
    finally:
        signal.signal(signal.SIGTERM, before)


def test_a_process_that_ends_already_is_left_to_finish_what_is_under_way() -> None:
    told: list[int] = []

    def end(number: int, _frame: object) -> None:
        signal.signal(number, signal.SIG_DFL)
        told.append(number)

    before = signal.signal(signal.SIGTERM, end)
    try:
        for _time in range(2):
            thread = threading.Thread(target=end_this_process)
            thread.start()
            thread.join()
        assert told == [signal.SIGTERM]
    finally:
        signal.signal(signal.SIGTERM, before)
