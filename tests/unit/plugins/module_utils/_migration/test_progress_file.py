# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The file that tells how far something is: whole, private, and up to date."""

from __future__ import annotations

import json
import os
import stat
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.control_file import (
    StoppedError,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.progress_file import (
    ProgressFile,
)


class Counter:
    """Something that goes on."""

    objects = 0

    def state(self, *, done: bool = False) -> dict[str, Any]:
        return {"objects_done": self.objects, "done": done}


class Lacking(Counter):
    """Something that comes to nothing in the end."""

    def state(self, *, done: bool = False) -> dict[str, Any]:
        return {**super().state(done=done), "written": 1000.0, "failed": True}


def reads(path: Path) -> Iterator[str]:
    """Read a file again and again for some seconds."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        yield path.read_text()
        time.sleep(0.005)


def test_it_is_private_replaced_whole_and_tells_the_end(tmp_path: Path) -> None:
    counter = Counter()
    path = tmp_path / "state" / "pair.progress"
    with ProgressFile(path, counter, pause=0.01):
        assert not json.loads(path.read_text())["done"]
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        with path.open() as first:  # kept open, so that its inode is not used again
            counter.objects = 7
            assert any(json.loads(text)["objects_done"] == 7 for text in reads(path))
            assert path.stat().st_ino != os.fstat(first.fileno()).st_ino
    assert json.loads(path.read_text()) == {
        "objects_done": 7,
        "done": True,
        "failed": False,
        "stopped": False,
        "last_end": None,
        "last_success": None,
        "last_result": "",
    }
    assert [file.name for file in path.parent.iterdir()] == ["pair.progress"]


def test_one_that_cannot_be_written_does_not_end_the_run(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with ProgressFile(tmp_path / "file" / "pair.progress", Counter(), pause=0.01):
        time.sleep(0.05)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_it_tells_the_end_of_a_run_that_failed(tmp_path: Path) -> None:
    path = tmp_path / "pair.progress"
    with pytest.raises(KeyError), ProgressFile(path, Counter()):
        raise KeyError
    state = json.loads(path.read_text())
    assert (state["done"], state["failed"], state["stopped"]) == (True, True, False)
    with pytest.raises(StoppedError), ProgressFile(path, Counter()):
        raise StoppedError
    assert json.loads(path.read_text())["stopped"]


def test_it_tells_how_the_run_before_has_ended(tmp_path: Path) -> None:
    path = tmp_path / "pair.progress"
    with ProgressFile(path, Lacking()):
        pass
    assert json.loads(path.read_text())["failed"]
    with ProgressFile(path, Counter()):
        state = json.loads(path.read_text())
    assert (state["last_end"], state["last_result"]) == (1000.0, "failed")


def test_each_state_that_is_written_is_told_with_its_end(tmp_path: Path) -> None:
    told: list[dict[str, Any]] = []
    path = tmp_path / "pair.progress"
    with ProgressFile(path, Counter(), tell=told.append):
        assert told == [json.loads(path.read_text())]
    assert told[-1] == json.loads(path.read_text())
    assert (told[-1]["done"], told[-1]["failed"]) == (True, False)


@pytest.mark.parametrize("error", [KeyError(), StoppedError()])
def test_nobody_has_foretold_the_end_of_a_run_that_was_ended(
    tmp_path: Path, error: Exception
) -> None:
    class Estimated(Counter):
        def state(self, *, done: bool = False) -> dict[str, Any]:
            return {**super().state(done=done), "estimate_error": 3.5 if done else None}

    path = tmp_path / "pair.progress"
    with ProgressFile(path, Estimated()):
        pass
    assert json.loads(path.read_text())["estimate_error"] == 3.5
    with pytest.raises(type(error)), ProgressFile(path, Estimated()):
        raise error
    assert json.loads(path.read_text())["estimate_error"] is None
