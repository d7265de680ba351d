# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Hooks of a real Ansible, which is killed in the middle, and goes on whatever they do."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]

HOOK = """\
import json, sys, time
event = json.load(sys.stdin)
print(event["phase"], file=open({told!r}, "a"), flush=True)
time.sleep({seconds})
print(event["phase"], "ended", file=open({told!r}, "a"), flush=True)
"""


class Plays:
    """A playbook that enters phases and tells a hook, step by step."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.file = home / "told"
        self.environment = {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "LANG": "C.UTF-8",
            "HOME": str(home),
            "ANSIBLE_NOCOLOR": "1",
        }

    def start(
        self, *phases: str, seconds: float = 0, changed: bool = True
    ) -> subprocess.Popen[str]:
        """Start it."""
        script = HOOK.format(told=str(self.file), seconds=seconds)
        tasks: list[dict[str, Any]] = [
            {
                "name": f"Tell {phase}",
                "fnndsc.swift_migration.migration_hooks": {
                    "hooks": [{"command": [sys.executable, "-c", script]}],
                    "source": "old",
                    "destination": "new",
                    "phase": {"phase": phase, "changed": changed, "since": "s", "source": "m"},
                },
            }
            for phase in phases
        ]
        play = [{"hosts": "localhost", "gather_facts": False, "tasks": tasks}]
        path = self.home / "play.yml"
        path.write_text(json.dumps(play))
        return subprocess.Popen(
            ["ansible-playbook", "-i", "localhost,", "-c", "local", str(path)],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def told(self, number: int) -> list[str]:
        """The lines that the hook has written, once there are so many."""
        until = time.monotonic() + 30
        while time.monotonic() < until:
            lines = self.file.read_text().splitlines() if self.file.exists() else []
            if len(lines) >= number:
                return lines
            time.sleep(0.05)
        raise AssertionError(lines)


@pytest.fixture
def plays(tmp_path: Path) -> Plays:
    return Plays(tmp_path)


def test_a_phase_is_told_once_though_ansible_is_killed_while_it_is(plays: Plays) -> None:
    first = plays.start("copying", "frozen", seconds=1.5)
    assert plays.told(1) == ["copying"]
    os.killpg(first.pid, signal.SIGKILL)
    first.wait()
    assert plays.told(2) == ["copying", "copying ended"]
    # The next run sees the phase that was entered meanwhile, and tells what was not told.
    output, _nothing = plays.start("frozen", "frozen", changed=False).communicate(timeout=60)
    assert "failed=0" in output, output
    assert plays.told(4) == ["copying", "copying ended", "frozen", "frozen ended"]


def test_one_that_hangs_is_a_warning_after_a_short_time(plays: Plays) -> None:
    begun = time.monotonic()
    output, _nothing = plays.start("copying", seconds=20).communicate(timeout=60)
    assert time.monotonic() - begun < 15
    assert "failed=0" in output, output
    assert "did not answer within 2 s" in " ".join(output.split())
