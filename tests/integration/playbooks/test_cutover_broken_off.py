# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A cutover in which a step fails, or that is killed: where the application ends up."""

from __future__ import annotations

import shlex
import sys
from typing import Any

from tests.integration.playbooks.callbacks.hooks import KILL
from tests.integration.playbooks.controller import ROOT
from tests.integration.playbooks.cutover import Cutover, commands
from tests.integration.playbooks.test_cutover import FILES, upload
from tests.servers import Lab

STEPS = {
    "Note that CUBE is stopped": "copying",
    "Copy the rest": "frozen",
    "Compare the containers": "frozen",
    "Note that they are equal": "frozen",
    "Change CUBE's environment": "verified",
    "Start CUBE and look at it": "verified",
    "Wait until CUBE is healthy": "verified",
    "Note that CUBE uses the new storage": "verified",
}
"""Tasks at whose begin a run is killed, and the phase that they find."""


def at_the_destination(lab: Lab, call: str) -> str:
    """A shell command that calls a method of a client of the new storage."""
    program = (
        "import json; from pathlib import Path; from tests.dataset.client import Account, Client; "
        f"lab = json.loads(Path({str(lab.state.root / 'creds' / 'lab.json')!r}).read_text()); "
        f"Client(Account.destination(lab)).{call}"
    )
    return f"cd {shlex.quote(str(ROOT))} && {shlex.join([sys.executable, '-c', program])}"


def assert_files(cutover: Cutover, more: set[str]) -> None:
    assert cutover.deployment.status() == {"server": True, "worker": True}
    assert cutover.files == {**FILES, **dict.fromkeys(more, b"written there")}


def assert_put_back(
    cutover: Cutover,
    why: str,
    hooks: dict[str, str] | None = None,
    more: set[str] | None = None,
    **variables: Any,
) -> None:
    """Break a cutover off, and look at the application: it is on the old storage with its files."""
    broken = cutover.hooked(hooks or {}).migrate(**variables)
    assert broken.status > 0
    told = next(error for error in broken.errors if "The cutover was broken off" in error)
    assert why in told
    assert "CUBE runs on the old storage again; nothing is lost." in told
    assert cutover.storage == cutover.configured == cutover.old
    assert cutover.phase == "copying"
    assert_files(cutover, more or set())


def test_a_failure_at_any_step_puts_the_application_back_with_what_it_wrote(
    cutover: Cutover, lab: Lab
) -> None:
    upload(cutover)
    state = cutover.deployment.state
    new = cutover.new
    assert_put_back(
        cutover,
        "Stop all that writes",
        cube_storage_commands={**commands(state), "stop": "echo cannot; exit 1"},
    )
    quota = "post_container(%r, {'X-Container-Meta-Quota-Bytes': %r})"
    assert_put_back(
        cutover,
        "quota",
        {
            "Copy the rest": at_the_destination(lab, quota % (new, "1")),
            "Put CUBE back": at_the_destination(lab, quota % (new, "")),
        },
    )
    assert_put_back(
        cutover,
        "1 extra. The first is stray",
        {"Compare the containers": at_the_destination(lab, f"put({new!r}, 'stray', b'stray')")},
    )
    memory = shlex.quote(str(state / "cube-storage.json"))
    assert_put_back(
        cutover,
        "cube-storage.json",
        {
            "Set the variables of the new storage": f"rm -f {memory}; mkdir {memory}",
            "Put CUBE back": f"rmdir {memory}",
        },
        migrate_data_max_delete="50%",
    )
    login = cutover.variables["cube_storage_s3"]
    assert_put_back(
        cutover,
        "Start the services with the present environment",
        cube_storage_s3={**login, "secret_key": "wrong"},
    )
    written = shlex.join(
        ["curl", "-sSf", "--data-binary", "written there", f"{cutover.deployment.url}files/new"]
    )
    worker = shlex.quote(str(state / "worker.pid"))
    assert_put_back(
        cutover,
        "Wait until CUBE is healthy",
        {"Wait until CUBE is healthy": f"{written} && kill $(cut -d' ' -f1 {worker}) && sleep 2"},
        more={"new"},
    )
    finished = cutover.migrate()
    assert finished.status == 0, finished.output
    assert (cutover.phase, cutover.storage) == ("cut-over", new)
    assert_files(cutover, {"new"})


def test_killed_at_any_step_the_same_command_goes_on_and_ends_right(cutover: Cutover) -> None:
    upload(cutover)
    for step, phase in STEPS.items():
        killed = cutover.hooked({step: KILL}).migrate()
        assert killed.status == -9, killed.output
        assert cutover.phase == phase
        assert cutover.storage in ("", cutover.new)
    finished = cutover.migrate()
    assert finished.status == 0, finished.output
    assert (cutover.phase, cutover.storage) == ("cut-over", cutover.new)
    assert_files(cutover, set())
    again = cutover.migrate()
    assert again.status == 0, again.output
    assert again.changed == 0
