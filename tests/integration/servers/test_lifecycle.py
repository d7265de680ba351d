# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Servers come up, go down and never stay behind."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.dataset.client import Account, Client
from tests.servers import Lab, LabError, Settings
from tests.servers.process import naming

ROOT = Path(__file__).parents[3]
OWNER = """
import sys, time
from tests.servers import Lab
with Lab(sys.argv[1]):
    print("up", flush=True)
    time.sleep(600)
"""


@pytest.fixture(scope="module")
def state() -> Iterator[Path]:
    """A state directory of its own, where files may have extended attributes."""
    path = ROOT / ".cache" / f"lifecycle-{os.getpid()}"
    yield path
    Lab(path).destroy()


def wait_until_none(state: Path) -> None:
    deadline = time.monotonic() + 10
    # A process that ends has no name any more a moment before it lets go of its lock.
    while (naming(state) or Lab(state).running()) and time.monotonic() < deadline:
        time.sleep(0.05)


def cli(command: str, state: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tests.servers", command, "--state", str(state)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_servers_end_when_the_process_that_wanted_them_is_killed(state: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", OWNER, str(state)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as owner:
        assert owner.stdout is not None
        assert owner.stdout.readline() == "up\n"
        assert len(naming(state)) >= 13
        with pytest.raises(LabError, match="in use"):
            Lab(state).__enter__()
        owner.kill()
    wait_until_none(state)
    assert naming(state) == {}
    assert not Lab(state).running()


def test_servers_end_when_their_supervisor_is_killed(state: Path) -> None:
    assert cli("up", state).returncode == 0
    status = cli("status", state)
    assert (status.returncode, status.stdout.count(" ready\n")) == (0, 13)
    os.kill(Lab(state).running(), signal.SIGKILL)
    wait_until_none(state)
    assert naming(state) == {}
    assert cli("status", state).returncode == 3


def test_all_servers_stop_when_one_of_them_fails(state: Path) -> None:
    with Lab(state) as lab:
        path = str(lab.state.cluster("source") / "etc" / "object-server.conf")
        (pid,) = (pid for pid, command in naming(state).items() if path in command)
        os.kill(pid, signal.SIGKILL)
        wait_until_none(state)
        assert naming(state) == {}
        assert "source-object ended" in (lab.state.log / "supervisor.log").read_text()


def test_a_restart_keeps_data_and_finds_new_ports_for_taken_ones(lab: Lab, state: Path) -> None:
    with Lab(state) as first:
        before = first.description
        for account in (Account.source(before), Account.destination(before)):
            client = Client(account)
            client.put_container("kept")
            client.put("kept", "object", b"content")
    assert naming(state) == {}
    assert set(before["ports"].values()).isdisjoint(lab.description["ports"].values())

    settings = Settings(max_object_size=1 << 20, listing_limit=7, slo_max_segments=3)
    with (
        socket.create_server(("127.0.0.1", before["ports"]["destination-proxy"])),
        Lab(state, settings=settings) as second,
    ):
        after = second.description
        assert after["storage_url"] != before["storage_url"]
        assert after["app_credentials"] == before["app_credentials"]
        for account in (Account.source(after), Account.destination(after)):
            assert Client(account).get("kept", "object") == b"content"
        port = after["ports"]["destination-proxy"]
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/info") as answer:
            info = json.loads(answer.read())
    assert info["swift"]["max_file_size"] == 1 << 20
    assert info["swift"]["container_listing_limit"] == 7
    assert info["slo"]["max_manifest_segments"] == 3
