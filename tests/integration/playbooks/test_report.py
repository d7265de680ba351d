# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""playbooks/report.yml, which needs records only: no server and no host."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.integration.playbooks.controller import ROOT, Controller
from tests.unit.plugins.plugin_utils.records import history
from tests.unit.plugins.plugin_utils.test_dossier_signature import make_key, verified

REPORT = "playbooks/report.yml"
PLAYBOOKS = ROOT / "playbooks"
HISTORY = Path(".local/state/fnndsc.swift_migration/history")
# None of these can be reached or logged in to.
VARIABLES: dict[str, Any] = {
    "swift_migration_source": {"auth": {"auth_url": "http://localhost:1", "password": "hush-1"}},
    "swift_migration_destination": {
        "auth": {"auth_url": "http://localhost:1", "password": "hush-2"}
    },
    "swift_migration_destination_container": "cube-users",
}


@pytest.fixture
def controller(tmp_path: Path) -> Controller:
    return Controller(tmp_path / "home", VARIABLES)


def test_the_dossier_is_written_signed_and_changes_nothing(controller: Controller) -> None:
    folder = controller.home / HISTORY
    folder.mkdir(parents=True)
    for record in history():
        (folder / f"{record['name']}.json").write_text(json.dumps(record))
    key = make_key(controller.home)
    run = controller.run(playbook=REPORT, swift_migration_dossier_key=str(key))
    assert run.status == 0, run.output
    assert run.changed == 0
    assert "Both containers were proved equal on 2026-11-30 14:01 UTC." in run.output
    assert "the page is /" in run.output
    dossier = controller.home / "swift-migration-dossier.json"
    (controller.home / "swift-migration-dossier.json.sig").rename(
        controller.home / "dossier.json.sig"
    )
    assert verified(controller.home, dossier.read_bytes())
    page = dossier.with_suffix(".html").read_text()
    assert page.count("<svg") == 6
    assert not any(
        word in each
        for word in ("hush-1", "hush-2")
        for each in (run.output, page, dossier.read_text())
    )


def test_a_controller_without_records_is_told_so(controller: Controller) -> None:
    run = controller.run(playbook=REPORT)
    assert run.status == 2
    [error] = run.errors
    assert (
        f"{controller.home / HISTORY} has no record of a run into container 'cube-users'" in error
    )


def test_nothing_that_is_wrong_with_a_dossier_is_in_the_way_of_a_cutover(
    controller: Controller,
) -> None:
    wrong = [{}, {"swift_migration_dossier_key": "{{ 1 / 0 }}"}, {"swift_migration_history": False}]
    tasks = [
        {"ansible.builtin.include_tasks": str(PLAYBOOKS / "tasks/report_cutover.yml"), "vars": each}
        for each in wrong
    ]
    told = {"ansible.builtin.debug": {"msg": "the cutover goes on"}}
    play = {
        "hosts": "localhost",
        "gather_facts": False,
        "vars_files": str(PLAYBOOKS / "vars/report.yml"),
        "tasks": [*tasks, told],
    }
    playbook = controller.home / "play.yml"
    playbook.write_text(json.dumps([play]))
    run = controller.run(playbook=str(playbook))
    assert run.status == 0, run.output
    assert "The dossier is not whole: history: " in run.output
    assert "No dossier was written: " in run.output
    assert run.output.count("playbooks/report.yml writes one at any time.") == 2
    assert "the cutover goes on" in run.output
