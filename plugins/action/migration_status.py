# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Ansible action migration_status: runs its module, and says what to type next."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from ansible import context
from ansible.plugins.action.normal import ActionModule as NormalAction
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._own_file import replace_own
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._printable import printable
from ansible_collections.fnndsc.swift_migration.plugins.plugin_utils._next_step import (
    CUTOVER,
    MIGRATE,
)
from ansible_collections.fnndsc.swift_migration.plugins.plugin_utils._status_table import (
    next_sentences,
    status_lines,
)
from ansible_collections.fnndsc.swift_migration.plugins.plugin_utils._typed_command import (
    TypedCommand,
)


class ActionModule(NormalAction):  # type: ignore[misc]  # ansible-core has no types
    """Adds what only the controller knows: the lines for people, and the command that was typed."""

    def run(self, tmp: None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Run the module and give its result, with ``lines`` and ``next``."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        if result.get("failed") or "phase" not in result:
            return result
        cubes = result["cube"]
        result["lines"] = [printable(line) for line in status_lines(result, cubes, typed)]
        result["next"] = [printable(line) for line in next_sentences(result, cubes, typed)]
        path = self._task.args.get("controller_status")
        if path:
            self._keep(Path(str(path)).expanduser(), result)
        return result

    @staticmethod
    def _keep(path: Path, result: dict[str, Any]) -> None:
        told = {
            name: value
            for name, value in result.items()
            if name != "invocation" and name[0] != "_"  # Ansible's own
        }
        text = json.dumps({**told, "changed": False}, indent=2, default=str) + "\n"
        try:
            replace_own(path, text.encode())
        except OSError as error:
            why = f"cannot write {path} on the controller: {error.strerror}"
            result.update(failed=True, msg=f"controller_status: {why}")


def typed(step: str) -> str:
    """The command that was typed, with another playbook in it.

    :param step: a word of :mod:`._next_step`.
    """
    command = TypedCommand(
        sys.argv, context.CLIARGS.get("args") or (), context.CLIARGS.get("extra_vars") or ()
    )
    if step == CUTOVER:
        return f"{command.with_playbook(MIGRATE)} -e swift_migration_cutover=true"
    return command.with_playbook(step)
