# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""``ansible-playbook playbooks/status.yml`` tells how a migration stands, and what to type next."""

from __future__ import annotations

import json
import re
import stat
from collections.abc import Callable
from typing import Any

import pytest

from tests.dataset.upload import Uploaded
from tests.integration.playbooks.callbacks.hooks import KILL
from tests.integration.playbooks.controller import Controller, Run
from tests.integration.playbooks.cutover import Cutover
from tests.integration.playbooks.test_cutover import FILES, upload
from tests.servers import Lab

pytestmark = pytest.mark.usefixtures("warm_modules")

OBJECTS = 40
STATUS = "playbooks/status.yml"


def told(run: Run) -> dict[str, str]:
    """The lines that a run shows, by their first word."""
    lines = re.findall(r"^\[localhost\] ([\w ]+?)  +(.*)$", run.output, re.MULTILINE)
    return dict(lines)


def test_it_tells_how_far_a_migration_is_and_asks_for_no_object(
    lab: Lab, container: str, controller: Controller, fill: Callable[[int], Uploaded]
) -> None:
    fill(OBJECTS)
    before = controller.run(playbook=STATUS)
    assert (before.status, before.changed) == (0, 0), before.output
    assert told(before)["phase"] == "none"
    assert told(before)["destination"] == f"{container}-new: does not exist"
    assert told(before)["next"].startswith("Nothing was migrated yet. To begin, type `")
    assert " playbooks/migrate.yml`." in told(before)["next"]

    assert controller.run().status == 0
    assert controller.run(playbook="playbooks/verify.yml").status == 0
    logs = [lab.access_log("source"), lab.access_log("destination")]
    marks = [log.mark() for log in logs]
    path = controller.home / "status.json"
    after = controller.run(playbook=STATUS, migrate_data_status=str(path))
    assert (after.status, after.changed) == (0, 0), after.output
    for log, mark in zip(logs, marks, strict=True):
        assert [asked.method for asked in log.requests(mark, container)] == ["HEAD"]
    lines = told(after)
    assert lines["phase"].startswith("copying, since 20")
    assert lines["source"].startswith(f"{container}: {OBJECTS} objects, ")
    assert lines["destination"].startswith(f"{container}-new: {OBJECTS} objects, ")
    assert lines["writes"] == "nobody"
    assert re.search(
        rf"^ended at .* UTC after \d+ s: {OBJECTS} of {OBJECTS} objects, .* copied$",
        lines["swift_sync"],
    )
    assert f"{OBJECTS} of" in lines["swift_compare"]
    assert re.search(r"^equal, 1 objects by content, .* UTC, \d+ s ago$", lines["proof"])
    assert " playbooks/migrate.yml -e swift_migration_cutover=true`." in lines["next"]

    kept: dict[str, Any] = json.loads(path.read_text())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert (kept["phase"], kept["source"]["objects"]) == ("copying", OBJECTS)
    assert [run["what"] for run in kept["runs"]] == ["swift_sync", "swift_compare"]
    assert (kept["lease"], kept["proof"]["equal"], kept["problems"]) == (None, True, [])


def test_it_fails_but_tells_the_rest_when_a_server_cannot_be_asked(
    container: str, controller: Controller, fill: Callable[[int], Uploaded]
) -> None:
    fill(5)
    assert controller.run().status == 0
    login = {
        "auth_type": "v1password",
        "auth": {
            "auth_url": "http://127.0.0.1:9/auth/v1.0",
            "username": "chris:chris",
            "password": "Pw1kq-Pw2kq",
        },
    }
    run = controller.run(playbook=STATUS, swift_migration_source=login)
    assert run.status != 0
    assert "127.0.0.1:9" in run.errors[-1]
    lines = told(run)
    assert lines["source"] == f"{container}: cannot be asked"
    assert lines["destination"].startswith(f"{container}-new: 5 objects, ")
    assert lines["phase"].startswith("copying, ")


def test_it_says_what_to_type_after_a_controller_was_killed_in_mid_cutover(
    cutover: Cutover,
) -> None:
    def look() -> dict[str, str]:
        run = cutover.controller.run(playbook=STATUS, inventory=cutover.inventory)
        assert (run.status, run.changed) == (0, 0), run.output
        return told(run)

    upload(cutover)
    assert look()["CUBE localhost"] == "runs on the old storage: server, worker"
    killed = cutover.hooked({"Record that they are equal": KILL}).migrate()
    assert killed.status != 0
    lines = look()
    assert lines["phase"].startswith("frozen, since 20")
    assert lines["CUBE localhost"] == "is stopped, and set up for the old storage"
    finish = (
        r"^CUBE is stopped since 20\S+ \S+ UTC\. To finish the cutover, type `(.*"
        r"playbooks/migrate\.yml -e swift_migration_cutover=true)`\. "
        r"To go back to the old storage, type `.*playbooks/rollback\.yml`\.$"
    )
    assert re.search(finish, lines["next"]), lines["next"]

    assert cutover.migrate().status == 0
    done = look()
    assert done["phase"].startswith("cut-over, proved equal at 20")
    assert done["CUBE localhost"] == "runs on the new storage: server, worker"
    assert done["next"].startswith("The cutover is done. To go back to the old storage, type `")
    assert len(cutover.files) >= len(FILES)
