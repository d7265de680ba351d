# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""An application in containers, in use all the time, taken to the new storage by the playbooks."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.containers.conftest import TIMEOUTS
from tests.containers.engine import Engine
from tests.containers.project import SERVICES, Project
from tests.cube import logins, writer
from tests.cube.api import Api
from tests.cube.ledger import Ledger
from tests.cube.verification import verify
from tests.cube.writing import Writing
from tests.dataset.client import Client
from tests.dataset.upload import Uploaded
from tests.integration.cube_role import s3_storage
from tests.integration.playbooks.callbacks.hooks import KILL
from tests.integration.playbooks.controller import Controller
from tests.integration.playbooks.cutover import Cutover, write_inventory
from tests.servers import Lab

STRANGERS = 30  # objects that the application knows nothing of
OPERATIONS = 8  # of each of the writer's threads, before anything else happens
REBOOTS = {
    "Copy the rest": ("frozen", False),
    "Start CUBE and look at it": ("verified", False),
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
def cutover(
    engine: Engine,
    lab: Lab,
    container: str,
    fill: Callable[[int], Uploaded],
    project: Project,
    controller: Controller,
    source_client: Client,
    destination_client: Client,
    tmp_path: Path,
) -> Iterator[Cutover]:
    """A project on the old Swift, in use, and all that it takes to move it."""
    fill(STRANGERS)
    Writing(Api(project.url), Ledger(project.ledger), 3, pause=0).run(threading.Event(), OPERATIONS)
    new = logins.s3(lab, f"{container}-new")
    storage = {
        **s3_storage(new),
        "cube_storage_pfcon_op_image": logins.pfcon(new)["PFCON_OP_IMAGE"],
    }
    controller.environment |= engine.environment | project.exported
    inventory = write_inventory(tmp_path / "inventory")
    # The application does not know of the strangers, so their names do not matter to it.
    odd = {"migrate_data_allow_changed_names": True}
    controller.given({**storage, **project.described, **TIMEOUTS, **odd})
    user = writer.daemon(project.folder)
    user.start()
    try:
        yield Cutover(project, controller, inventory, container, source_client, destination_client)
    finally:
        user.stop()


def assert_all_there(cutover: Cutover, before: int = 0) -> int:
    """Nothing that was ever acknowledged is lost, and somebody has written since the last look.

    :param before: how many writes were acknowledged then.
    :return: how many are now.
    """
    project = cutover.deployment
    with writer.waiting(project.ledger.parent):
        found = verify(project)
        written = project.ledger.read_text().count('"acknowledge"')
    print(f"{written} writes acknowledged, {found}")
    assert found.faults == set(), str(found)
    assert found.files > OPERATIONS
    assert written > before
    return written


def names(client: Client, container: str) -> set[str]:
    return {entry["name"] for entry in client.listing(container)}


def test_cutover_again_back_and_once_more_while_it_is_used(cutover: Cutover) -> None:
    strangers = {
        name
        for name in names(cutover.source, cutover.old)
        if not name.startswith(("uploads/", "results/", "jobs/"))
    }
    assert len(strangers) >= STRANGERS
    assert cutover.storage == cutover.old
    written = assert_all_there(cutover)

    first = cutover.migrate()
    assert first.status == 0, first.output
    assert (cutover.phase, cutover.storage) == ("cut-over", cutover.new)
    written = assert_all_there(cutover, written)
    assert strangers <= names(cutover.destination, cutover.new)

    begun = cutover.deployment.starts
    again = cutover.migrate()
    assert again.status == 0, again.output
    assert again.changed == 0
    assert cutover.deployment.starts == begun
    written = assert_all_there(cutover, written)
    assert names(cutover.destination, cutover.new) - names(cutover.source, cutover.old)

    back = cutover.rollback()
    assert back.status == 0, back.output
    assert (cutover.phase, cutover.storage) == ("rolled-back", cutover.old)
    written = assert_all_there(cutover, written)

    second = cutover.migrate()
    assert second.status == 0, second.output
    assert (cutover.phase, cutover.storage) == ("cut-over", cutover.new)
    assert_all_there(cutover, written)


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
