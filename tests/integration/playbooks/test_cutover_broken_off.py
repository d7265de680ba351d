# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A cutover in which a step fails, or that is killed: where the application ends up."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.integration.playbooks.callbacks.hooks import KILL
from tests.integration.playbooks.controller import ROOT
from tests.integration.playbooks.cutover import Cutover, commands
from tests.integration.playbooks.test_cutover import FILES, upload
from tests.servers import Lab

pytestmark = pytest.mark.usefixtures("no_catalogue")

STEPS = {
    "Record that CUBE is stopped": ("copying", "old", False),
    "Copy the rest": ("frozen", "old", False),
    "Record that they are equal": ("frozen", "old", False),
    "Change CUBE's environment": ("verified", "old", False),
    "Start CUBE and check its storage": ("verified", "new", False),
    "Record that CUBE uses the new storage": ("verified", "new", True),
}
"""Tasks at whose begin a run is killed: the phase, what the env file names, whether CUBE runs."""
ORDER = list(STEPS)


@dataclass(frozen=True)
class Failure:
    """What is broken, and what is told.

    :param hooks: see :meth:`Controller.hooked`.
    :param more: files that the application writes to the new storage.
    """

    why: str
    hooks: dict[str, str] = field(default_factory=dict)
    variables: dict[str, Any] = field(default_factory=dict)
    more: frozenset[str] = frozenset()


def at_the_destination(lab: Lab, call: str) -> str:
    """A shell command that calls a method of a client of the new storage."""
    program = (
        "import json; from pathlib import Path; from tests.dataset.client import Account, Client; "
        f"lab = json.loads(Path({str(lab.state.root / 'creds' / 'lab.json')!r}).read_text()); "
        f"Client(Account.destination(lab)).{call}"
    )
    return f"cd {shlex.quote(str(ROOT))} && {shlex.join([sys.executable, '-c', program])}"


def stop(cutover: Cutover, lab: Lab) -> Failure:
    broken = {**commands(cutover.deployment.state), "stop": "echo cannot; exit 1"}
    return Failure("Stop the services that write", variables={"cube_storage_commands": broken})


def copy(cutover: Cutover, lab: Lab) -> Failure:
    quota = "post_container(%r, {'X-Container-Meta-Quota-Bytes': %r})"
    return Failure(
        "quota",
        {
            "Copy the rest": at_the_destination(lab, quota % (cutover.new, "1")),
            "Undo the cutover": at_the_destination(lab, quota % (cutover.new, "")),
        },
    )


def proof(cutover: Cutover, lab: Lab) -> Failure:
    stray = at_the_destination(lab, f"put({cutover.new!r}, 'stray', b'stray')")
    return Failure("1 extra. The first is stray", {"Compare the containers": stray})


def environment(cutover: Cutover, lab: Lab) -> Failure:
    memory = shlex.quote(str(cutover.deployment.state / "cube-storage.json"))
    return Failure(
        "cube-storage.json",
        {
            "Set the variables of the new storage": f"rm -f {memory}; mkdir {memory}",
            "Undo the cutover": f"rmdir {memory}",
        },
    )


def start(cutover: Cutover, lab: Lab) -> Failure:
    """The key is refused from now on; before, it was good."""
    task = "Start the services with the present environment"
    path = shlex.quote(str(cutover.deployment.env_file))
    return Failure(task, {task: f"sed -i 's/^S3_SECRET_KEY=.*/S3_SECRET_KEY=wrong/' {path}"})


def health(cutover: Cutover, lab: Lab) -> Failure:
    url = f"{cutover.deployment.url}files/new"
    written = shlex.join(["curl", "-sSf", "--data-binary", "written there", url])
    worker = shlex.quote(str(cutover.deployment.state / "worker.pid"))
    return Failure(
        "Wait until CUBE is healthy",
        {"Wait until CUBE is healthy": f"{written} && kill $(cut -d' ' -f1 {worker}) && sleep 2"},
        more=frozenset({"new"}),
    )


def assert_files(cutover: Cutover, more: frozenset[str] = frozenset()) -> None:
    assert cutover.deployment.status() == {"server": True, "worker": True}
    assert cutover.files == {**FILES, **dict.fromkeys(more, b"written there")}


@pytest.mark.parametrize("steps", [[stop, copy, proof], [environment, start, health]])
def test_a_failure_at_any_step_puts_the_application_back_with_what_it_wrote(
    steps: list[Callable[[Cutover, Lab], Failure]], cutover: Cutover, lab: Lab
) -> None:
    """Each begins where the one before has put all back to."""
    upload(cutover)
    for failure in [step(cutover, lab) for step in steps]:
        broken = cutover.hooked(failure.hooks).migrate(**failure.variables)
        assert broken.status > 0
        told = next(error for error in broken.errors if "The cutover was broken off" in error)
        assert failure.why in told
        assert "the page is /" in broken.output
        assert "CUBE runs on the old storage again; nothing is lost." in told
        assert cutover.storage == cutover.configured == cutover.old
        assert cutover.phase == "copying"
        assert_files(cutover, failure.more)
    if health in steps:  # the last one: most has been done and undone
        assert_finishes(cutover, failure.more)


def assert_finishes(cutover: Cutover, more: frozenset[str] = frozenset()) -> None:
    """Run the same command again."""
    finished = cutover.migrate()
    assert finished.status == 0, finished.output
    assert (cutover.phase, cutover.storage) == ("cut-over", cutover.new)
    assert_files(cutover, more)


@pytest.mark.parametrize("steps", [ORDER[:3], ORDER[3:]])
def test_killed_at_any_step_the_same_command_goes_on_and_ends_right(
    steps: list[str], cutover: Cutover
) -> None:
    """What goes on after one step is killed at the next."""
    upload(cutover)
    for step in steps:
        killed = cutover.hooked({step: KILL}).migrate()
        assert killed.status == -9, killed.output
        phase, configured, runs = STEPS[step]
        new = configured == "new"
        assert cutover.phase == phase
        assert cutover.configured == (cutover.new if new else cutover.old)
        assert cutover.deployment.status() == {"server": runs, "worker": runs}
        assert cutover.storage == (cutover.configured if runs else "")
        if step == ORDER[0]:  # what is to be typed then is in test_last_line
            assert "\nCUBE is stopped from now on. If this run is cut off: " in killed.output
    assert_finishes(cutover)


def test_an_application_that_cannot_be_put_back_is_told_and_the_same_command_goes_on(
    cutover: Cutover,
) -> None:
    upload(cutover)
    broken = {**commands(cutover.deployment.state), "start": "echo cannot; exit 7"}
    run = cutover.migrate(cube_storage_commands=broken)
    assert run.status > 0
    [told] = [error for error in run.errors if "The cutover was broken off" in error]
    assert "CUBE could not be put back: Start the services with the present environment" in told
    assert "Nothing is lost. Mend that, and run the same command again" in told
    assert cutover.deployment.status() == {"server": False, "worker": False}
    assert (cutover.phase, cutover.configured) == ("verified", cutover.old)
    assert_finishes(cutover)


def test_a_cube_that_was_put_back_but_is_not_healthy_is_told_to_run(cutover: Cutover) -> None:
    """The API answers while CUBE runs on the old storage for the first time, and never again."""
    upload(cutover)
    url = f"{cutover.deployment.url}files/flag"
    cutover.api.upload("flag", b"it")
    gone = shlex.join(["curl", "-sSf", "-X", "DELETE", url])
    variables = {"cube_storage_health_url": url, "cube_storage_health_timeout": 3}
    run = cutover.hooked({"Stop the services that write": gone}).migrate(**variables)
    assert run.status > 0
    [told] = [error for error in run.errors if "The cutover was broken off" in error]
    assert "These services run on the old storage: server, worker. But this failed: Wait" in told
    assert (cutover.storage, cutover.configured) == (cutover.old, cutover.old)


def test_check_mode_tells_the_steps_or_fails_as_the_run_would_and_changes_nothing(
    cutover: Cutover, lab: Lab
) -> None:
    upload(cutover)
    assert cutover.migrate(cutover=False).status == 0
    env_file = cutover.deployment.env_file.read_bytes()
    begun = cutover.deployment.starts
    cutover.api.upload("left", b"to copy")
    foretold = cutover.migrate("--check", "--diff")
    assert foretold.status == 0, foretold.output
    assert "+STORAGE_ENV=(hidden, changed)" in foretold.output
    assert "A run would stop what runs (server, worker), copy what is left" in foretold.output
    failure = copy(cutover, lab)
    broken = cutover.hooked(failure.hooks).migrate("--check", migrate_data_settle=False)
    assert broken.status != 0
    [told] = [error for error in broken.errors if "The cutover would be broken off: " in error]
    assert failure.why in told
    assert cutover.deployment.env_file.read_bytes() == env_file
    assert cutover.deployment.starts == begun
    assert (cutover.phase, cutover.storage) == ("copying", cutover.old)
