# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A callback plugin that counts the tasks of a playbook, and how many of them ran a module.

``TALLY`` in the environment is the file that receives the counts as JSON.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from ansible.plugins.callback import CallbackBase

WITHOUT_A_MODULE = {
    "add_host",
    "assert",
    "debug",
    "fail",
    "group_by",
    "include_role",
    "include_tasks",
    "meta",
    "set_fact",
    "validate_argument_spec",
}
"""Actions that are done on the controller, by Ansible itself."""


class CallbackModule(CallbackBase):  # type: ignore[misc]  # ansible-core has no types
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "tally"
    CALLBACK_NEEDS_ENABLED = False

    def __init__(self) -> None:
        super().__init__()
        self._counts = {"tasks": 0, "modules": 0}

    def v2_runner_on_start(self, host: Any, task: Any) -> None:
        self._counts["tasks"] += 1

    def v2_runner_on_ok(self, result: Any) -> None:
        if str(result._task.action).rpartition(".")[2] not in WITHOUT_A_MODULE:
            self._counts["modules"] += 1

    def v2_playbook_on_stats(self, stats: Any) -> None:
        Path(os.environ["TALLY"]).write_text(json.dumps(self._counts))
