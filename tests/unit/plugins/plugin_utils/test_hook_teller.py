# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Which phases are told, and what is said of a hook that fails."""

from __future__ import annotations

import json
import socket
import stat
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.plugin_utils._hook_teller import claim, tell

from tests.unit.plugins.plugin_utils.hook_receiver import HookReceiver, receiving

EVENT: dict[str, Any] = {"event": "phase", "phase": "frozen", "migration": "m", "since": "s"}


@pytest.fixture
def receiver() -> Iterator[HookReceiver]:
    with receiving() as running:
        yield running


def phase(name: str, since: str = "s") -> dict[str, Any]:
    return {**EVENT, "phase": name, "since": since}


class TestClaim:
    """A phase is told once."""

    def test_one_that_was_told_is_not_told_again(self, tmp_path: Path) -> None:
        record = tmp_path / "hooks" / "record.json"
        assert claim(record, phase("copying"), is_new=True) == (True, "copying")
        assert claim(record, phase("frozen"), is_new=True) == (True, "copying")
        assert claim(record, phase("frozen"), is_new=True) == (False, "frozen")
        assert claim(record, phase("frozen"), is_new=False) == (False, "frozen")

    def test_one_that_was_entered_and_not_told_is_told_when_it_is_seen(
        self, tmp_path: Path
    ) -> None:
        record = tmp_path / "record.json"
        claim(record, phase("copying"), is_new=False)
        assert claim(record, phase("frozen"), is_new=False) == (True, "copying")

    def test_the_first_that_is_only_seen_was_not_entered_now(self, tmp_path: Path) -> None:
        record = tmp_path / "record.json"
        assert claim(record, phase("cut-over"), is_new=False)[0] is False
        assert claim(record, phase("rolled-back"), is_new=False)[0] is True

    def test_none_yet_is_noted_and_the_first_one_told(self, tmp_path: Path) -> None:
        record = tmp_path / "record.json"
        assert claim(record, phase("", ""), is_new=False)[0] is False
        assert claim(record, phase("copying"), is_new=False) == (True, "")
        assert claim(record, phase("", ""), is_new=False)[0] is False

    def test_a_phase_that_comes_again_is_told_again(self, tmp_path: Path) -> None:
        record = tmp_path / "record.json"
        names = ["copying", "frozen", "copying", "frozen"]
        assert [claim(record, phase(name), is_new=True)[0] for name in names] == [True] * 4
        assert claim(record, phase("frozen", since="later"), is_new=False)[0] is True

    def test_the_record_is_private_and_a_broken_one_is_made_anew(self, tmp_path: Path) -> None:
        record = tmp_path / "hooks" / "record.json"
        claim(record, phase("copying"), is_new=True)
        assert stat.S_IMODE(record.parent.stat().st_mode) == 0o700
        assert stat.S_IMODE(record.stat().st_mode) == 0o600
        record.write_text("{")
        assert claim(record, phase("frozen"), is_new=True)[0] is True
        assert json.loads(record.read_text())["phase"] == "frozen"
        assert sorted(path.name for path in record.parent.iterdir()) == [
            "record.json",
            "record.lock",
        ]


def command(script: str, timeout: float = 10) -> dict[str, Any]:
    return {"command": [sys.executable, "-c", script], "url": None, "timeout": timeout}


def test_a_command_gets_the_event_on_its_input_and_in_its_environment(tmp_path: Path) -> None:
    path = tmp_path / "told"
    script = (
        "import json, os, sys\n"
        f"open({str(path)!r}, 'w').write(json.dumps([json.load(sys.stdin),"
        " os.environ['SWIFT_MIGRATION_PHASE'], os.environ['SWIFT_MIGRATION_EVENT'],"
        " os.environ.get('SWIFT_MIGRATION_RUN')]))"
    )
    assert tell([command(script)], EVENT) == []
    assert json.loads(path.read_text()) == [EVENT, "frozen", "phase", None]


def test_an_address_gets_the_event_as_json(receiver: HookReceiver) -> None:
    assert tell([{"url": receiver.url, "timeout": 10}], EVENT) == []
    assert receiver.events == [EVENT]
    assert receiver.types == ["application/json"]


@pytest.mark.parametrize("status", [302, 307, 404, 500])
def test_an_answer_that_is_no_success_is_told_and_no_redirect_is_followed(
    receiver: HookReceiver, status: int
) -> None:
    receiver.status = status
    assert tell([{"url": receiver.url, "timeout": 10}], EVENT) == [f"hook 1 answered {status}"]
    assert len(receiver.events) == 1


def test_what_fails_is_told_by_its_number_and_without_its_address(receiver: HookReceiver) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        closed = f"http://127.0.0.1:{taken.getsockname()[1]}/secret"
        found = tell(
            [
                command("import sys; sys.exit(3)"),
                {"url": receiver.url, "timeout": 10},
                {"command": ["/nowhere/notify"], "timeout": 10},
                {"url": closed, "timeout": 10},
                {"url": "http://127.0.0.1:99999/secret", "timeout": 10},
                {"url": "http://127.0.0.1/se cret", "timeout": 10},
            ],
            EVENT,
        )
    assert found[:3] == [
        "hook 1 ended with status 3",
        "hook 3 failed: No such file or directory",
        "hook 4 failed: Connection refused",
    ]
    assert [problem.partition(" failed: ")[0] for problem in found[3:]] == ["hook 5", "hook 6"]
    assert "cret" not in "".join(found)
    assert receiver.events == [EVENT]


def test_one_that_hangs_keeps_no_other_and_is_ended_with_its_children(
    receiver: HookReceiver, tmp_path: Path
) -> None:
    path = tmp_path / "alive"
    child = f"import time; time.sleep(1.5); open({str(path)!r}, 'w')"
    script = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    receiver.seconds = 30
    begun = time.monotonic()
    found = tell([command(script, 0.5), {"url": receiver.url, "timeout": 0.5}], EVENT)
    assert time.monotonic() - begun < 3
    assert found[0] == "hook 1 ran longer than 0.5 s and was killed"
    assert found[1].startswith("hook 2 ")
    time.sleep(1.5)
    assert not path.exists()
