# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The example for NERC, filled in as its README says."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.dataset.client import Client
from tests.dataset.upload import Uploaded
from tests.integration.playbooks.controller import ROOT, Controller, objects_in
from tests.servers import Lab


def test_the_example_for_nerc_works_when_filled_in(
    lab: Lab,
    container: str,
    controller: Controller,
    fill: Callable[[int], Uploaded],
    destination_client: Client,
    tmp_path: Path,
) -> None:
    fill(20)
    inventory = tmp_path / "my-migration"
    shutil.copytree(ROOT / "inventories" / "nerc", inventory)
    variables = inventory / "group_vars" / "all"
    migration = variables / "migration.yml"
    example = migration.read_text()
    assert "http://localhost:8080/auth/v1.0" in example
    auth_url = lab.description["source"]["auth_url"]
    migration.write_text(example.replace("http://localhost:8080/auth/v1.0", auth_url))
    shutil.copy(lab.openrc(), variables / "openrc.sh")
    shutil.copy(variables / "vault.yml.example", variables / "vault.yml")
    password = tmp_path / "vault-password"
    password.write_text("a password")
    vault = f"--vault-password-file={password}"
    subprocess.run(
        ["ansible-vault", "encrypt", vault, variables / "vault.yml"],
        env=controller.environment,
        check=True,
    )

    run = controller.run(
        vault,
        inventory=inventory,
        ansible_connection="local",
        mover_install=False,
        mover_venv=sys.prefix,
    )
    assert run.status == 0, run.output
    assert run.changed > 0
    assert objects_in(destination_client, f"{container}-new") == 20
