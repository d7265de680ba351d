# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The modules of the role cube_storage, one after the other, with what the role gives to them.

Whole playbooks are in :mod:`tests.containers.test_shapes`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.containers.conftest import OBJECTS, TIMEOUTS

STEPS: Mapping[str, tuple[str, dict[str, Any]]] = {
    "preflight": ("cube_storage_info", {"preflight": True}),
    "inspect": ("cube_storage_info", {}),
    "stop": (
        "cube_services",
        {"state": "stopped", "timeout": TIMEOUTS["cube_storage_stop_timeout"]},
    ),
    "main": ("cube_environment", {"state": "new"}),
    "restore": ("cube_environment", {"state": "old"}),
    "start": ("cube_services", {"state": "started"}),
    "check new": ("cube_storage_info", {"expect": "new", "expected_objects": OBJECTS}),
    "check old": ("cube_storage_info", {"expect": "old"}),
}
"""The module of each step, and its parameters."""
HEALTH = {
    "health_timeout": TIMEOUTS["cube_storage_health_timeout"],
    "stay_up": TIMEOUTS["cube_storage_stay_up"],
}


@dataclass(frozen=True)
class Played:
    """
    :ivar results: what each module gave back.
    """

    results: list[dict[str, Any]]

    @property
    def changed(self) -> list[bool]:
        return [result["changed"] for result in self.results]

    @property
    def statuses(self) -> list[dict[str, Any]]:
        """What runs on which storage, for each look."""
        keys = ("running", "storage")
        return [{k: each[k] for k in keys} for each in self.results if "storage" in each]


@dataclass(frozen=True)
class RoleModules:
    """
    :ivar module: runs one by its name.
    :ivar params: the parameters that all of them get.
    :ivar url: CUBE's API.
    """

    module: Callable[[str, dict[str, Any]], dict[str, Any]]
    params: Mapping[str, Any]
    url: str

    def play(self, *steps: str) -> Played:
        """Run what the steps of the role run.

        :raises AssertionError: one fails.
        """
        results = []
        for step in steps:
            name, more = STEPS[step]
            health = {"health_urls": [self.url], **HEALTH} if step.startswith("check ") else {}
            result = self.module(name, {**self.params, **health, **more})
            assert not result.get("failed"), (step, result)
            results.append(result)
        return Played(results)
