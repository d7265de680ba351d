# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The step of a cutover that proves the containers equal, by itself."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.dataset.client import Client
from tests.dataset.upload import Uploaded
from tests.integration.playbooks.controller import ROOT, Controller
from tests.integration.playbooks.cutover import PHASE

pytestmark = pytest.mark.usefixtures("warm_modules")

PLAY = f"""
- hosts: movers
  gather_facts: false
  vars_files: {ROOT}/playbooks/vars/cutover.yml
  tasks:
    - name: Prove it
      ansible.builtin.include_tasks: {ROOT}/playbooks/tasks/prove.yml
"""


def test_a_proof_of_a_part_ends_it_before_anything_is_noted(
    container: str,
    controller: Controller,
    fill: Callable[[int], Uploaded],
    destination_client: Client,
    tmp_path: Path,
) -> None:
    fill(5)
    assert controller.run().status == 0
    play = tmp_path / "prove.yml"
    play.write_text(PLAY)
    name = next(row["name"] for row in destination_client.listing(f"{container}-new"))
    part = controller.run(playbook=str(play), migrate_data_prefix=name)
    assert part.status != 0
    assert part.errors == ["Only a part of the containers was compared."]
    assert destination_client.head(f"{container}-new")[PHASE] == "copying"
