# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""An action that shows how far its module is, and keeps on the controller what it has left.

The module runs as any other does, and its result is what it returned.  It is not made an Ansible
job, because that would write its arguments, secrets among them, to the mover's disk.  The progress
file is read meanwhile over a connection beside the module's.
"""

from __future__ import annotations

import contextlib
import copy
import datetime
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleError
from ansible.plugins.action.normal import ActionModule as NormalAction
from ansible.utils.display import Display
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._argspec import (
    progress_options,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._history.run_record import (
    new_mark,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.progress_file import (
    RUN,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._own_file import replace_own
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._printable import printable
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._who import who
from ansible_collections.fnndsc.swift_migration.plugins.plugin_utils._run_files import RunFiles
from ansible_collections.fnndsc.swift_migration.plugins.plugin_utils._watch import Watch

DEFAULTS = {name: option.get("default") for name, option in progress_options().items()}


class WatchedAction(NormalAction):  # type: ignore[misc]  # ansible-core has no types
    """The action plugin of a module that works long.

    :cvar suffix: of the progress file.
    :cvar sides: the options that tell from which container to which it works.
    :cvar kept_as: the option that names a file on the controller; empty if there is none.
    """

    suffix = RUN
    sides = ("source", "destination")
    kept_as = ""

    def run(self, tmp: None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Run the module and give its result."""
        asker = self._asker()
        self._task.args = {**self._task.args, "asker": asker}
        watch = self._watch(task_vars or {})
        with watch or contextlib.nullcontext():
            result: dict[str, Any] = super().run(tmp, task_vars)
        if watch is not None:
            watch.show_error(result.get("estimate_error"), result.get("seconds"))
        self._keep_history(asker["mark"], result, self._host(task_vars or {}))
        path = self._task.args.get(self.kept_as) if self.kept_as else None
        if path:
            self._keep(Path(str(path)).expanduser(), result)
        return result

    def _asker(self) -> dict[str, Any]:
        """Who asks for the run, and what the names of its files are to have in them."""
        given = self._task.args.get("asker")
        return {
            "by": who(),
            "mark": new_mark(),
            **(given if isinstance(given, dict) else {}),
        }

    def _host(self, task_vars: dict[str, Any]) -> str:
        return str(self._task.delegate_to or task_vars.get("inventory_hostname", ""))

    def _keep_history(self, mark: str, result: dict[str, Any], host: str) -> None:
        """Copy the record and the list of objects, also of a run that failed or was killed.

        After a failure no task tells where they are.
        """
        args = self._task.args
        folder = args.get("controller_history")
        if not folder or self._task.check_mode or self._task.async_val:
            return
        state_dir = str(args.get("state_dir") or DEFAULTS["state_dir"])
        files = RunFiles(self._printed, state_dir, mark)
        try:
            kept = files.copy(Path(str(folder)).expanduser())
        except (OSError, ValueError, AnsibleError) as error:
            why = getattr(error, "strerror", None) or str(error)
            Display().warning(f"the record of this run stays where it ran: {printable(why)}")
            return
        for name, path in zip(("kept_record", "kept_list"), kept, strict=False):
            result[name] = str(path)
        if result.get("failed") and kept:
            paths = ", the list of its objects ".join(map(str, kept))
            Display().display(printable(f"[{host}] the record of this run is {paths}"))

    def content(self, result: dict[str, Any]) -> bytes | None:
        """Take out of a result what the file on the controller gets; None if there is nothing."""
        raise NotImplementedError

    def _keep(self, path: Path, result: dict[str, Any]) -> None:
        content = self.content(result)
        if content is None or self._task.check_mode:
            return
        kept = dated(path, datetime.datetime.now(datetime.UTC))
        try:
            replace_own(kept, content)
            replace_own(path, content)
        except OSError as error:
            why = f"{self.kept_as}: cannot write {path} on the controller: {error.strerror}."
            result.update(failed=True, msg=f"{result['msg']} {why}" if "msg" in result else why)
        else:
            result["kept_at"] = str(kept)
            if result.get("failed") and "msg" in result:
                result["msg"] = f"{result['msg']} All of it is in {kept} on the controller."

    def _watch(self, task_vars: dict[str, Any]) -> Watch | None:
        args = self._task.args
        try:
            interval = float(args.get("progress_interval", DEFAULTS["progress_interval"]))
            here, there = (args[side]["container"] for side in self.sides)
        except (KeyError, TypeError, ValueError):  # the module tells what is wrong
            return None
        if interval <= 0 or self._task.check_mode or self._task.async_val:
            return None
        host = self._host(task_vars)
        return Watch(
            self._beside()._printed,
            lambda line: Display().display(f"[{host}] {line}"),
            str(args.get("state_dir") or DEFAULTS["state_dir"]),
            self.suffix,
            (here, there),
            interval,
        )

    def _beside(self) -> WatchedAction:
        """Copy this action with all that a command changes in it: the two run at the same time."""
        other = copy.copy(self)
        other._connection = copy.copy(self._connection)
        other._connection._shell = copy.copy(self._connection._shell)
        if self._connection.become:
            other._connection.set_become_plugin(copy.copy(self._connection.become))
        return other

    def _printed(self, command: str) -> str:
        return str(self._low_level_execute_command(command)["stdout"])


def dated(path: Path, moment: datetime.datetime) -> Path:
    """Name the file that stays when the next run replaces ``path``.

    :param moment: in UTC.
    """
    return path.with_name(f"{path.stem}-{moment:%Y%m%dT%H%M%SZ}{path.suffix}")
