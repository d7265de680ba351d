# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Whose progress each action shows."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.action import (
    swift_compare,
    swift_rollback,
    swift_sync,
)

ARGS = {"source": {"container": "old"}, "destination": {"container": "new"}}


@pytest.mark.parametrize(
    ("plugin", "containers", "suffix"),
    [
        (swift_sync, ["old", "new"], ".progress"),
        (swift_rollback, ["new", "old"], ".progress"),
        (swift_compare, ["old", "new"], ".comparison"),
    ],
)
def test_an_action_shows_its_own_modules_work(
    plugin: Any, containers: list[str], suffix: str
) -> None:
    action = plugin.ActionModule.__new__(plugin.ActionModule)
    action._task = SimpleNamespace(args=ARGS, check_mode=False, async_val=0, delegate_to=None)
    action._connection = SimpleNamespace(_shell=None, become=None)
    watch = action._watch({"inventory_hostname": "mover"})
    assert watch._containers == containers
    assert f"/*{suffix} " in watch._command
