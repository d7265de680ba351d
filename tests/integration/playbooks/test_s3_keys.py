# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The keys for the S3 API of a project that has none: made by a run, foretold by check mode."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.integration.ec2_keys import keystone, known
from tests.integration.playbooks.controller import ROOT, Controller
from tests.integration.playbooks.cutover import write_inventory
from tests.servers import Lab
from tests.servers.keystone import Keystone

__all__ = ["keystone"]

PLAY = {
    "hosts": "movers:cube",
    "gather_facts": False,
    "vars_files": str(ROOT / "playbooks" / "vars" / "cutover.yml"),
    "tasks": [
        {"ansible.builtin.import_tasks": str(ROOT / "playbooks" / "tasks" / "s3_keys.yml")},
        {"ansible.builtin.debug": {"msg": "CUBE gets {{ cube_storage_s3.access_key }}"}},
    ],
}
"""What a cutover and a way back do of it."""
TOLD = "[localhost] The project has no key for the S3 API yet. A run would make one.\n"


# The user has no other credential meanwhile.
@pytest.mark.own_lab
@pytest.mark.usefixtures("warm_modules")
def test_check_mode_says_that_a_key_would_be_made_and_makes_none(
    controller: Controller, keystone: Keystone, lab: Lab, tmp_path: Path
) -> None:
    controller.given({"swift_migration_s3_login": {"openrc": str(lab.openrc("password"))}})
    inventory = write_inventory(tmp_path / "inventory")
    playbook = tmp_path / "play.json"
    playbook.write_text(json.dumps([PLAY]))

    foretold = controller.run("--check", playbook=str(playbook), inventory=inventory)
    assert foretold.status == 0, foretold.output
    assert TOLD in foretold.output
    assert "CUBE gets (new)" in foretold.output
    assert known(keystone) == {}

    made = controller.run(playbook=str(playbook), inventory=inventory)
    assert made.status == 0, made.output
    [access] = known(keystone)
    again = controller.run("--check", playbook=str(playbook), inventory=inventory)
    assert again.status == 0, again.output
    for run in (made, again):
        assert TOLD not in run.output
        assert f"CUBE gets {access}" in run.output
