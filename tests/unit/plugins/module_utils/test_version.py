# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The version that proofs name."""

from __future__ import annotations

from pathlib import Path

import yaml
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._version import VERSION


def test_it_is_that_of_the_collection() -> None:
    galaxy = yaml.safe_load((Path(__file__).parents[4] / "galaxy.yml").read_text())
    assert galaxy["version"] == VERSION
