# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The process that owns the services, with services that only sleep."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers import ports, services
from tests.servers.process import naming
from tests.servers.services import Service
from tests.servers.state import State

ROOT = Path(__file__).parents[3]
# Sleeps with a child that ignores what ends its parent.
SLEEP = "import subprocess, sys, time; subprocess.Popen([*sys.argv[1:]]); time.sleep(60)"
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    """A state with two services, each a process with a child."""
    made = State(tmp_path / "state")
    made.make()
    ports.remembered(made.root / "ports.json")
    name = f"{made.root}/service"
    child = [sys.executable, "-c", STUBBORN, name]
    services.save(
        made.run / "services.json",
        [
            Service(each, [sys.executable, "-c", SLEEP, *child], str(made.log / f"{each}.log"))
            for each in ("one", "two")
        ],
    )
    yield made
    assert naming(made.root) == {}


def supervise(state: State, *lifeline: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.servers.supervisor", str(state.root), *map(str, lifeline)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        pass_fds=lifeline,
    )


def started(state: State) -> list[int]:
    """Wait for both services with their children and return the numbers of the former."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        found = {pid for pid, command in naming(state.root).items() if "import" in command}
        if len(found) == 4:
            return sorted(pid for pid in found if parent(pid) not in found)
        time.sleep(0.02)
    raise AssertionError(f"services did not start: {naming(state.root)}")


def parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def test_it_stops_all_services_and_their_children_when_told_to(state: State) -> None:
    with supervise(state) as supervisor:
        started(state)
        supervisor.terminate()
    assert supervisor.returncode == 0


def test_it_stops_when_its_lifeline_is_closed(state: State) -> None:
    reader, writer = os.pipe()
    with supervise(state, reader) as supervisor:
        os.close(reader)
        started(state)
        os.close(writer)
    assert supervisor.returncode == 0


def test_it_stops_all_when_one_ends_and_says_which(state: State) -> None:
    with supervise(state) as supervisor:
        os.kill(started(state)[0], signal.SIGKILL)
        output = supervisor.communicate()[0]
    assert supervisor.returncode == 1
    assert "ended with status -9; see" in output


def test_it_restarts_the_services_named_and_no_others(state: State) -> None:
    with supervise(state) as supervisor:
        before = set(started(state))
        named = state.run / "restart"
        named.write_text("two")
        supervisor.send_signal(signal.SIGUSR1)
        while named.exists():
            time.sleep(0.02)
        assert len(before & set(started(state))) == 1
        supervisor.terminate()
    assert supervisor.returncode == 0


def test_a_service_that_it_halts_is_away_until_it_is_restarted(state: State) -> None:
    def order(what: str) -> None:
        (state.run / what).write_text("two")
        supervisor.send_signal(signal.SIGUSR1)
        while (state.run / what).exists():
            time.sleep(0.02)

    with supervise(state) as supervisor:
        before = set(started(state))
        order("halt")
        [left] = before & set(naming(state.root))
        order("restart")
        assert left in started(state)
        supervisor.terminate()
    assert supervisor.returncode == 0


def test_a_second_one_does_not_start(state: State) -> None:
    with supervise(state) as supervisor:
        started(state)
        with supervise(state) as second:
            assert second.communicate()[0] == "another supervisor runs in this state\n"
        assert second.returncode == 1
        supervisor.terminate()


def test_it_starts_nothing_when_another_lab_has_one_of_the_ports(state: State) -> None:
    port = ports.load(state.root / "ports.json")["keystone"]
    with ports.reserve(port), supervise(state) as supervisor:
        supervisor.communicate()
    assert supervisor.returncode == ports.EXIT_TAKEN


def test_its_ports_are_its_own_while_it_runs(state: State) -> None:
    chosen = ports.load(state.root / "ports.json").values()
    with supervise(state) as supervisor:
        started(state)
        assert not any(map(ports.is_free, chosen))
        supervisor.terminate()
    assert all(map(ports.is_free, chosen))
