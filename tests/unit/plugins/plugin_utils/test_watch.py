# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What is shown of a run on the mover, and when."""

from __future__ import annotations

import json
import subprocess
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.progress_file import (
    COMPARISON,
    RUN,
)
from ansible_collections.fnndsc.swift_migration.plugins.plugin_utils._watch import (
    State,
    Watch,
    describe,
)

STATE: State = {
    "containers": ["old", "new"],
    "phase": "copying",
    "objects_total": 56445,
    "objects_done": 23400,
    "objects_deleted": 0,
    "objects_failed": 0,
    "bytes_copied": 12 * 2**30,
    "objects_per_second": 87.4,
    "bytes_per_second": 6.25 * 2**20,
    "started": 1001.0,
    "written": 1010.0,
    "seconds_left": 380,
    "done": False,
}


def printed(*states: State, now: int = 1010) -> str:
    return "".join([f"{now}\n", *(f"{json.dumps(state)}\n" for state in states)])


def look(output: str, elapsed: float = 10.0, suffix: str = RUN) -> str:
    times = iter((0.0, elapsed))
    watch = Watch(
        lambda _command: output,
        lambda _line: None,
        "~/state",
        suffix,
        ("old", "new"),
        10.0,
        lambda: next(times),
    )
    return watch.look()


@pytest.mark.parametrize(
    ("changed", "line"),
    [
        (
            {},
            "23,400 of 56,445 objects, 12.0 GiB copied, 87 objects/s, 6.2 MiB/s, about 6 min left",
        ),
        (
            {"seconds_left": None, "objects_failed": 3, "bytes_copied": 0, "bytes_per_second": 0},
            "23,400 of 56,445 objects, 3 failed, 0 B copied, 87 objects/s, 0 B/s",
        ),
        (
            {"objects_total": None, "seconds_left": 45, "bytes_copied": 2**51},
            "23,400 objects, 2048.0 TiB copied, 87 objects/s, 6.2 MiB/s, about 45 s left",
        ),
        (
            {"phase": "large objects", "seconds_left": 4 * 3600 + 300},
            "large objects: 23,400 of 56,445 objects, 12.0 GiB copied, 87 objects/s, 6.2 MiB/s, "
            "about 4 h 5 min left",
        ),
        (
            {"phase": "listing", "bytes_copied": 0, "bytes_per_second": 0, "seconds_left": 0},
            "listing: 23,400 of 56,445 objects, 0 B copied, 87 objects/s, 0 B/s",
        ),
        (
            {"phase": "deleting", "paused": 1769932920.0},
            "paused since 2026-02-01 08:02:00 UTC: 23,400 of 56,445 objects, 12.0 GiB copied",
        ),
        (
            {"phase": "deleting", "objects_deleted": 1200},
            "1,200 objects deleted, 87 objects/s, 6.2 MiB/s",
        ),
    ],
)
def test_a_state_is_one_short_line(changed: dict[str, Any], line: str) -> None:
    assert describe(STATE | changed) == line


@pytest.mark.parametrize(
    ("changed", "line"),
    [
        ({}, "23,400 of 56,445 objects compared, 87 objects/s, about 6 min left"),
        (
            {"objects_unequal": 1200, "objects_total": None, "seconds_left": None},
            "23,400 objects compared, 1,200 not equal, 87 objects/s",
        ),
    ],
)
def test_a_comparison_is_a_line_too(changed: dict[str, Any], line: str) -> None:
    assert describe({**STATE, "phase": "comparing", "objects_unequal": 0} | changed) == line


def test_a_comparison_waits_for_no_other() -> None:
    state = {**STATE, "objects_unequal": 0}
    assert look(printed(state | {"started": 400.0}), suffix=COMPARISON) == ""
    assert look(printed(state), suffix=COMPARISON) == describe(state)


def test_a_run_that_began_later_than_the_watch_is_its_own() -> None:
    assert look(printed(STATE)) == describe(STATE)


def test_a_run_that_began_before_the_watch_is_waited_for() -> None:
    earlier = STATE | {"started": 400.0}
    assert look(printed(earlier)) == f"waiting for an earlier run: {describe(STATE)}"
    paused = look(printed(earlier | {"paused": 450.0}))
    assert paused.startswith("waiting for an earlier run: paused since 1970-01-01 00:07:30 UTC: ")
    assert paused.endswith("; playbooks/resume.yml lets it go on")
    assert look(printed(earlier, STATE | {"objects_done": 1})).startswith("1 of ")


@pytest.mark.parametrize(
    "changed",
    [{"done": True}, {"containers": ["old", "other"]}, {"written": 970.0}],
    ids=["ended", "of other containers", "killed"],
)
def test_other_runs_are_not_shown(changed: dict[str, Any]) -> None:
    assert look(printed(STATE | changed)) == ""
    assert look(printed(STATE | changed, STATE)) == describe(STATE)


def test_whose_run_it_is_is_told_by_the_clock_of_the_mover() -> None:
    ahead = STATE | {"started": 5001.0, "written": 5010.0}
    assert look(printed(ahead, now=5010)) == describe(STATE)
    assert look(printed(ahead, now=5010), elapsed=2.0).startswith("waiting for an earlier run: ")


def test_a_look_that_fails_is_left_out_and_the_next_one_shows() -> None:
    outputs = [OSError(), "", "not a number\n", "1010\nnot JSON\n", printed(STATE | {"done": True})]
    shown: list[str] = []
    enough = threading.Event()

    def read(_command: str) -> str:
        output = outputs.pop(0) if outputs else printed(STATE)
        if isinstance(output, Exception):
            raise output
        return output

    def show(line: str) -> None:
        shown.append(line)
        enough.set()

    with Watch(read, show, "~/state", RUN, ("old", "new"), 0.01):
        assert enough.wait(10)
    told = len(shown)
    time.sleep(0.05)
    assert len(shown) == told
    assert shown[0].endswith(describe(STATE))
    assert outputs == []


def test_a_watch_that_hangs_does_not_show_after_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    module = "ansible_collections.fnndsc.swift_migration.plugins.plugin_utils._watch"
    monkeypatch.setattr(f"{module}.GRACE", 0.01)
    asked, go_on, shown = threading.Event(), threading.Event(), list[str]()

    def read(_command: str) -> str:
        asked.set()
        go_on.wait(10)
        return printed(STATE)

    with Watch(read, shown.append, "~/state", RUN, ("old", "new"), 0.01) as watch:
        assert asked.wait(10)
    go_on.set()
    watch._thread.join(10)
    assert not watch._thread.is_alive()
    assert shown == []


@pytest.mark.parametrize("folder", ["~/my state", "{home}/my state", "{home}/$(touch bad)`x`"])
def test_the_command_reads_the_files_of_a_folder_with_any_name(folder: str, tmp_path: Path) -> None:
    state = Path(folder.replace("~", str(tmp_path)).format(home=tmp_path))
    state.mkdir()
    (state / "pair.progress").write_text("{}\n")
    commands: list[str] = []
    read = Watch(
        lambda command: commands.append(command) or "1\n",
        lambda _line: None,
        folder.format(home=tmp_path),
        RUN,
        ("old", "new"),
        1,
    )
    read.look()
    shell = subprocess.run(
        ["sh", "-c", *commands],
        env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    now, *files = shell.stdout.splitlines()
    assert abs(int(now) - time.time()) < 60
    assert files == ["{}"]
    assert not (tmp_path / "bad").exists()


def test_what_is_shown_is_printable() -> None:
    shown: list[str] = []
    seen = threading.Event()

    def show(line: str) -> None:
        shown.append(line)
        seen.set()

    state = {**STATE, "phase": "\x1b[2K\x9bok", "started": time.time(), "written": time.time()}
    output = f"{time.time():.0f}\n{json.dumps(state)}\n"
    with Watch(lambda _command: output, show, "~/state", RUN, ("old", "new"), 0.01):
        assert seen.wait(10)
    assert r"\x1b[2K\x9bok: " in shown[0]
    assert shown[0].isprintable()
