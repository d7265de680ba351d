# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The deployments that people have, in use all the time, taken to the new storage and back.

Before they get there, the cutover is broken off after each of its steps, by a failure or by Docker.
What the steps do is the same code for all of them, but for the stop, the environment and the start.
So each step is tried with one shape, and those that are the same for all of them without a container
in `tests.integration.playbooks.test_cutover_broken_off`; where `EVERY_STEP` is set, with each shape.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.containers.broken_off import BrokenOff, Failure, attended
from tests.containers.conftest import STRANGERS
from tests.containers.engine import Engine
from tests.containers.shape import Shaped, running
from tests.containers.use import assert_all_there
from tests.cube.probe import Probe
from tests.dataset.client import Client
from tests.integration.playbooks.cutover import Cutover
from tests.integration.playbooks.last_line import LastLine
from tests.servers import Lab

STEPS = {
    "minichris": ("stop", "lost", "restart", "check"),
    "cube": ("environment",),
    "swarm": ("stop", "health"),
}
"""For each shape the failures, in order."""
BACK = "CUBE runs on the old storage ("
UNCERTAIN = (
    "CUBE was told to start on the old storage and failed: some of it may run. "
    "To finish the cutover, type `"
)
"""Begins of the last line: CUBE was put back, or could not be, as Docker was away."""
EVERY_STEP = ("stop", "copy", "proof", "environment", "start", "health")
"""Those that each shape has where that is asked for, before its own."""


def steps(shape: str) -> list[str]:
    """What breaks the cutover off, in order."""
    every = EVERY_STEP if os.environ.get("EVERY_STEP") else ()
    return [*every, *(step for step in STEPS[shape] if step not in every)]


@pytest.fixture(params=sorted(STEPS))
def shape(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def deployment(shape: str, engine: Engine, tmp_path: Path, old: dict[str, str]) -> Iterator[Shaped]:
    """The application on the old storage, running."""
    folder = tmp_path / f"{shape}{old['SWIFT_CONTAINER_NAME'][5:]}"
    with running(shape, engine, folder, old) as made:
        yield made


def names(client: Client, container: str) -> set[str]:
    return {entry["name"] for entry in client.listing(container)}


def test_broken_off_after_each_step_then_cut_over_back_and_once_more(
    shape: str, deployment: Shaped, in_use: Callable[[Shaped], Cutover], lab: Lab
) -> None:
    cutover = in_use(deployment)
    bystanders = dict(deployment.bystanders)
    strangers = {
        name
        for name in names(cutover.source, cutover.old)
        if not name.startswith(("uploads/", "results/", "jobs/"))
    }
    assert len(strangers) >= STRANGERS
    written = assert_all_there(cutover)

    if shape == "minichris":
        begun = deployment.starts
        with Probe(deployment.url) as probe:
            refused = cutover.migrate(migrate_data_allow_changed_names=False)
        [told] = refused.errors
        assert re.search("CUBE changes when it asks .* Nothing was stopped", told), told
        assert (deployment.starts, probe.failures) == (begun, [])
        assert probe.answered > 0

    broken_off = BrokenOff(cutover, deployment, lab)
    line, playbook = None, "playbooks/migrate.yml"
    for step in steps(shape):
        failure: Failure = getattr(broken_off, step)()
        hooked = cutover.hooked(failure.hooks)
        typed = partial(line.type_command, hooked.controller, playbook) if line else None
        cut_over = typed or partial(hooked.migrate, playbook=playbook)
        run = attended(deployment.engine, cut_over, failure.away)
        assert run.status > 0, (step, run.output)
        told, line = run.errors[-1], LastLine.of(run)
        assert "The cutover was broken off" in told, (step, run.errors)
        assert failure.why in told, (step, told)
        if failure.away:
            assert line.text.startswith(UNCERTAIN), line.text
            continue
        assert line.text.startswith(BACK), (step, line.text)
        line, playbook = None, "playbooks/cutover.yml"  # the container is there now
        assert "CUBE runs on the old storage again; nothing is lost." in told, step
        assert (cutover.phase, cutover.storage) == ("copying", cutover.old), step
        written = assert_all_there(cutover, written)
        if failure.written:
            assert cutover.api.download(failure.written) == failure.written.encode()

    first = cutover.migrate(playbook=playbook)
    assert first.status == 0, first.output
    assert (cutover.phase, cutover.storage) == ("cut-over", cutover.new)
    written = assert_all_there(cutover, written)
    assert strangers <= names(cutover.destination, cutover.new)
    if shape == "minichris":
        begun = deployment.starts
        again = cutover.migrate()
        assert again.status == 0, again.output
        assert (again.changed, deployment.starts) == (0, begun)
        assert names(cutover.destination, cutover.new) - names(cutover.source, cutover.old)

    back = cutover.rollback()
    assert back.status == 0, back.output
    assert (cutover.phase, cutover.storage) == ("rolled-back", cutover.old)
    written = assert_all_there(cutover, written)

    second = cutover.migrate()
    assert second.status == 0, second.output
    assert (cutover.phase, cutover.storage) == ("cut-over", cutover.new)
    assert_all_there(cutover, written)
    assert deployment.bystanders == bystanders
