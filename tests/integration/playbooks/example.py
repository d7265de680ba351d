# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The example inventory for NERC, filled in for the servers of the tests."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.integration.playbooks.controller import ROOT
from tests.servers import Lab

HOST = "dmz.example.org"
USER = "      ansible_user: chris\n"
COMMON = "-o ServerAliveInterval=30 -o ServerAliveCountMax=10"


PASSWORD = "a password"
"""Of the vault."""


def complete(
    inventory: Path,
    lab: Lab,
    container: str,
    mover: Mapping[str, Any],
    keys: Mapping[str, str] | None = None,
) -> None:
    """Fill a copy of the example in as its README says.

    :param inventory: the folder of the copy.
    :param mover: what stands in ``hosts.yml`` about the host, instead of the example's user.
    :param keys: CUBE's variables for the new storage, whose keys belong into the vault.
    """
    more = dict(mover)
    common = f"{COMMON} {more.pop('ansible_ssh_common_args', '')}".rstrip()
    lines = "".join(f"      {name}: {json.dumps(value)}\n" for name, value in more.items())
    _replace(inventory / "hosts.yml", {USER: lines, COMMON: common})
    variables = inventory / "group_vars" / "all"
    names = {
        "http://localhost:8080/auth/v1.0": lab.description["source"]["auth_url"],
        "container: users\n": f"container: {container}\n",
        "cube-chrisproject-org-users": f"{container}-new",
    }
    _replace(variables / "migration.yml", names)
    shutil.copy(lab.openrc(), variables / "openrc.sh")
    shutil.copy(variables / "vault.yml.example", variables / "vault.yml")
    if keys:
        secrets = {"access": "S3_ACCESS_KEY", "secret": "S3_SECRET_KEY"}
        parts = {
            f"vault_s3_{kind}_key: EXAMPLE": f"vault_s3_{kind}_key: {keys[name]}"
            for kind, name in secrets.items()
        }
        _replace(variables / "vault.yml", parts)


def fill_in(
    inventory: Path,
    lab: Lab,
    container: str,
    mover: Mapping[str, Any],
    environment: Mapping[str, str],
) -> str:
    """Copy the example and do what its README tells a user to do, and nothing else.

    :param inventory: the folder of the copy, which does not exist yet.
    :param mover: what stands in ``hosts.yml`` about the host, instead of the example's user.
    :param environment: of the commands that the README gives.
    :returns: the option with the password of the vault.
    """
    shutil.copytree(ROOT / "inventories" / "nerc", inventory)
    complete(inventory, lab, container, mover)
    variables = inventory / "group_vars" / "all"
    (variables / "openrc.sh").chmod(0o600)
    password = inventory.with_name("vault-password")
    password.write_text(PASSWORD)
    option = f"--vault-password-file={password}"
    vault = ["ansible-vault", "encrypt", option, str(variables / "vault.yml")]
    subprocess.run(vault, env=dict(environment), check=True)
    return option


def _replace(path: Path, parts: Mapping[str, str]) -> None:
    """Replace each part of a file, which must have it once."""
    text = path.read_text()
    for old, new in parts.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    path.write_text(text)
