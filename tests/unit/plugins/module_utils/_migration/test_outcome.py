# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""How the work on one object may end."""

from __future__ import annotations

from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.outcome import Kind
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.report import COUNTS


def test_each_end_has_a_count_of_its_name_unless_the_work_goes_on() -> None:
    assert {kind.value for kind in Kind if kind.value not in COUNTS} == {"large", "postponed"}
