# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The example for NERC, filled in as its README says, with all else as it is there."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from pathlib import Path

from tests.dataset.upload import Uploaded
from tests.dataset.verify import Verification
from tests.integration.playbooks.controller import Controller
from tests.integration.playbooks.example import HOST, fill_in
from tests.servers import Lab

OBJECTS = 20


def test_the_example_for_nerc_works_when_filled_in_and_nothing_else_is_set(
    lab: Lab,
    container: str,
    fill: Callable[[int], Uploaded],
    compare: Callable[[], Verification],
    tmp_path: Path,
) -> None:
    fill(OBJECTS)
    controller = Controller(tmp_path / "home", {})
    inventory = tmp_path / "my-migration"
    mover = {"ansible_connection": "local"}
    vault = fill_in(inventory, lab, container, mover, controller.environment)

    check = controller.run(vault, "--check", inventory=inventory)
    assert check.status == 0, check.output
    assert f"would copy {OBJECTS} objects" in check.output
    report = controller.home / f"swift-migration-{HOST}.json"
    assert not report.exists()

    done = controller.run(vault, inventory=inventory)
    assert done.status == 0, done.output
    compared = compare()
    assert (compared.objects, compared.differences) == (OBJECTS, [])
    assert json.loads(report.read_text())["objects"]["copied"] == OBJECTS
    assert (controller.home / ".local/share/fnndsc.swift_migration/venv/bin/python").exists()
    assert list((controller.home / ".local/state/fnndsc.swift_migration").glob("*.progress"))

    proved = controller.run(vault, playbook="playbooks/verify.yml", inventory=inventory)
    assert proved.status == 0, proved.output
    proof = controller.home / f"swift-migration-proof-{HOST}.json"
    assert json.loads(proof.read_text())["objects"]["match"] == OBJECTS
    assert stat.S_IMODE(proof.stat().st_mode) == stat.S_IMODE(report.stat().st_mode) == 0o600
