# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A callback plugin that lets a test break something at the begin of a task, or end it all there.

``HOOKS`` in the environment is a JSON object from the begin of a task's name to a shell command,
which is run once, or to ``KILL``.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
from typing import Any

from ansible.plugins.callback import CallbackBase

KILL = "KILL"


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "hooks"
    CALLBACK_NEEDS_ENABLED = False

    def __init__(self) -> None:
        super().__init__()
        self._hooks: dict[str, str] = json.loads(os.environ.get("HOOKS", "{}"))

    def v2_playbook_on_task_start(self, task: Any, is_conditional: bool) -> None:
        for name in [each for each in self._hooks if task.name.startswith(each)]:
            command = self._hooks.pop(name)
            if command == KILL:
                os.kill(os.getpid(), signal.SIGKILL)
            subprocess.run(["sh", "-c", command], check=True)
