# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Ansible stdout callback brief."""

from __future__ import annotations

DOCUMENTATION = r"""
name: brief
type: stdout
short_description: Default screen output without tasks that tell nothing
version_added: 0.1.0
description:
  - Prints what Ansible's own callback prints, but for tasks that only decide what comes next.
    These are includes, checks of arguments, assertions that hold, facts that are set, and tasks
    that are skipped on all hosts. What fails is always shown; of a wrong argument
    the message.
  - The name of a task that does something is printed when it begins, not when it has ended.
  - A message stands there as it is, not as YAML or JSON.
  - With C(-v), all is printed as usual.
extends_documentation_fragment:
  - default_callback
  - result_format_callback
requirements:
  - set as stdout in the configuration, as C(stdout_callback = fnndsc.swift_migration.brief)
author:
  - fnndsc.swift_migration contributors (@FNNDSC)
"""

from typing import Any

from ansible import constants
from ansible.plugins.callback.default import CallbackModule as DefaultCallback
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._printable import printable

_DECIDES = {
    "assert",
    "fail",
    "import_role",
    "import_tasks",
    "include_role",
    "include_tasks",
    "meta",
    "set_fact",
    "validate_argument_spec",
}
"""Actions that change nothing and take no time, so that their success is no news."""
_SPECIFICATION = ("argument_errors", "argument_spec_data", "validate_args_context")
"""What a failed check of arguments has besides its message: hundreds of lines."""
_TELLS = "debug"
_MAY_BE_SKIPPED = "migration_hooks"
"""An action that most users have no use for, so that its name is no news before it has ended."""


class CallbackModule(DefaultCallback):  # type: ignore[misc]  # ansible-core has no types
    """Prints the tasks that do or tell something."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "fnndsc.swift_migration.brief"

    def __init__(self) -> None:
        super().__init__()
        self._play_to_come: Any = None

    @property
    def _brief(self) -> bool:
        return bool(self._display.verbosity < 1)

    def v2_playbook_on_play_start(self, play: Any) -> None:
        """Keep the name of a play until one of its tasks is shown."""
        self._play = play
        self._play_to_come = play
        if not self._brief:
            self._print_play()

    def v2_playbook_on_task_start(self, task: Any, is_conditional: bool) -> None:  # noqa: FBT001 - Ansible's own
        """Print the name of a task that may take a while, at once."""
        if not self._brief or _action(task) not in {*_DECIDES, _TELLS, _MAY_BE_SKIPPED}:
            super().v2_playbook_on_task_start(task, is_conditional)
            # Not so early where the configuration hides tasks that are skipped or change nothing.
            if self._last_task_banner != task._uuid:
                self._print_task_banner(task)
            return
        self._task_type_cache[task._uuid] = "TASK"
        self._last_task_name = task.get_name().strip()

    def v2_playbook_on_include(self, included_file: Any) -> None:
        """Print nothing of a file that is included."""
        if not self._brief:
            super().v2_playbook_on_include(included_file)

    def v2_runner_on_skipped(self, result: Any) -> None:
        """Print nothing of a task that is skipped."""
        if not self._brief:
            super().v2_runner_on_skipped(result)

    def v2_runner_item_on_skipped(self, result: Any) -> None:
        """Print nothing of an item that is skipped."""
        if not self._brief:
            super().v2_runner_item_on_skipped(result)

    def v2_runner_on_ok(self, result: Any) -> None:
        """Print a message as it is, and nothing of what only decides."""
        action = _action(result._task)
        if not self._brief or action not in {*_DECIDES, _TELLS}:
            super().v2_runner_on_ok(result)
        elif action == _TELLS and not result._task.loop and "msg" in result._result:
            if self._last_task_banner != result._task._uuid:
                self._print_task_banner(result._task)
            message = result._result["msg"]
            texts = message if isinstance(message, list) else [message]
            for line in "\n".join(map(str, texts)).split("\n"):
                # Names of objects are in it, which must not steer the terminal.
                told = f"[{result._host.get_name()}] {printable(line)}"
                self._display.display(told, color=constants.COLOR_HIGHLIGHT)

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:  # noqa: FBT001, FBT002 - Ansible's own
        """Print what is wrong with an argument, not all that the arguments may be."""
        if self._brief and _action(result._task) == "validate_argument_spec":
            for name in _SPECIFICATION:
                result._result.pop(name, None)
        super().v2_runner_on_failed(result, ignore_errors)

    def v2_playbook_on_no_hosts_matched(self) -> None:
        """Print which play has no host."""
        self._print_play()
        super().v2_playbook_on_no_hosts_matched()

    def _print_task_banner(self, task: Any) -> None:
        self._print_play()
        super()._print_task_banner(task)

    def _print_play(self) -> None:
        if self._play_to_come is not None:
            play, self._play_to_come = self._play_to_come, None
            super().v2_playbook_on_play_start(play)


def _action(task: Any) -> str:
    """The last part of an action's name."""
    return str(task.action).rpartition(".")[2]
