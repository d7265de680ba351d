# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A host that starts again in the middle of a cutover, while the application is in use."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.containers.engine import Engine
from tests.containers.project import SERVICES, Project
from tests.containers.use import assert_all_there
from tests.cube import logins
from tests.integration.playbooks.callbacks.hooks import KILL
from tests.integration.playbooks.cutover import Cutover

REBOOTS = {
    "Copy the rest": ("frozen", False),
    "Start CUBE and check its storage": ("verified", False),
    "Wait until CUBE is healthy": ("verified", True),
}
"""Tasks at whose begin all ends, the phase they find, and whether the new storage is in use."""


@pytest.fixture
def project(engine: Engine, tmp_path: Path, old: dict[str, str]) -> Iterator[Project]:
    """The application on the old storage, running."""
    folder = tmp_path / f"project{old['SWIFT_CONTAINER_NAME'][5:]}"
    with Project(engine, folder, old, logins.pfcon(old)) as running:
        yield running


@pytest.fixture
def cutover(project: Project, in_use: Callable[[Project], Cutover]) -> Cutover:
    """A project on the old Swift, in use, and all that it takes to move it."""
    return in_use(project)


def test_a_host_that_starts_again_in_mid_cutover_starts_nothing_on_a_wrong_storage(
    cutover: Cutover, engine: Engine, project: Project
) -> None:
    for step, (phase, is_in_use) in REBOOTS.items():
        killed = cutover.hooked({step: KILL}).migrate()
        assert killed.status == -9, killed.output
        engine.stop()
        engine.start()
        running = {service for service, runs in project.status().items() if runs}
        assert running == (set(SERVICES) if is_in_use else set()), step
        assert project.container("db") in engine.docker("ps", "--quiet", "--no-trunc")
        assert (cutover.phase, cutover.storage) == (phase, cutover.new if is_in_use else "")
    finished = cutover.migrate()
    assert finished.status == 0, finished.output
    assert (cutover.phase, cutover.storage) == ("cut-over", cutover.new)
    assert_all_there(cutover)
