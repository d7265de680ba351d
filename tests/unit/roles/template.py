# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What the variables of a role come to."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar, trust_as_template

ROLES = Path(__file__).parents[3] / "roles"


def evaluate(role: str, expression: str, variables: Mapping[str, Any]) -> Any:
    """Evaluate an expression among a role's variables and those that its tasks would have set."""
    loader = DataLoader()
    known: dict[str, Any] = {}
    for kind in ("defaults", "vars"):
        path = ROLES / role / kind / "main.yml"
        if path.exists():
            known |= loader.load_from_file(str(path), trusted_as_template=True)
    templar = Templar(loader, variables=known | dict(variables))
    return templar.template(trust_as_template("{{ " + expression + " }}"))
