# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What the variables of a cutover come to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar, trust_as_template

PATH = Path(__file__).parents[3] / "playbooks" / "vars" / "cutover.yml"


def evaluate(name: str, groups: dict[str, list[str]], hosts: dict[str, Any], **given: Any) -> Any:
    """Evaluate a variable among those that the tasks before would have set."""
    loader = DataLoader()
    known = loader.load_from_file(str(PATH), trusted_as_template=True)
    templar = Templar(loader, variables={**known, "groups": groups, "hostvars": hosts, **given})
    return templar.template(trust_as_template("{{ " + name + " }}"))


@pytest.mark.parametrize(
    ("phase", "running", "catalogue", "needed"),
    [
        ("", ["server"], "", False),
        ("", ["server"], "database", True),
        ("copying", [], "database", True),
        ("frozen", [], "database", False),
        ("frozen", ["server"], "database", True),
        ("verified", [], "database", False),
        ("rolled-back", [], "database", True),
    ],
)
def test_a_database_is_needed_unless_a_cutover_goes_on_and_cube_is_stopped(
    phase: str, running: list[str], catalogue: str, needed: bool
) -> None:
    hosts = {
        "mover": {"cutover_phase": phase},
        "chris": {"cube_storage_status": {"running": running, "storage": "old"}},
    }
    groups = {"movers": ["mover"], "cube": ["chris"]}
    found = evaluate(
        "cutover_catalogue_is_needed", groups, hosts, swift_migration_catalogue=catalogue
    )
    assert found is needed


def test_a_look_at_a_file_of_names_needs_no_group_cube() -> None:
    assert evaluate("cutover_backends", {"movers": ["mover"]}, {"mover": {}}) == []
