# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Keeps the record of a cutover or of a way back on the controller, however that ends.

A callback plugin sees each task begin and end, on all hosts.  So no task of a play keeps it, and it
is there after Ctrl-C, too; after a ``kill -9`` it is unfinished, as far as it was.
"""

from __future__ import annotations

import atexit
import datetime
import json
import os
import platform
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ansible import context
from ansible.errors import AnsibleError
from ansible.plugins.callback import CallbackBase
from ansible.release import __version__ as ansible_core
from ansible.template import Templar
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._history.run_record import (
    DONE,
    FAILED,
    UNFINISHED,
    RunRecord,
    moment,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._version import VERSION
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._who import who
from ansible_collections.fnndsc.swift_migration.plugins.plugin_utils._play_record import (
    BROKEN_OFF,
    RECORDED,
    PlayRecord,
)

_PLAYS = {"cutover.yml": ("cutover", "cutover"), "rollback.yml": ("rollback", "rollback-play")}
"""What a play is, and what that is called in the name of its record."""

HISTORY = ("migrate_data_history", "swift_migration_history")
"""The variables that name the folder, the one that counts first."""

DEFAULT = "~/.local/state/fnndsc.swift_migration/history"
PREFLIGHT = "swift_migration_preflight_report"
PREFLIGHT_DEFAULT = "~/swift-migration-preflight.json"
_GROUPS = ("movers", "cube")


class PlayHistory(CallbackBase):  # type: ignore[misc]  # ansible-core has no types
    """Writes the record at each event of a play that changes something."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "play_history"
    CALLBACK_NEEDS_ENABLED = False

    def __init__(self) -> None:
        super().__init__()
        self._process = os.getpid()
        self._close()
        atexit.register(self._broken_off)

    def _close(self) -> None:
        self._record = PlayRecord()
        self._what, self._begun = "", time.time()
        self._file: RunRecord | None = None
        self._folder: Path | None = None
        self._hosts: dict[str, list[str]] = {}
        self._preflight: dict[str, Any] | None = None

    def v2_playbook_on_play_start(self, play: Any) -> None:
        """A play begins."""
        name = Path(str(play.get_path()).rpartition(":")[0]).name
        if name not in _PLAYS or context.CLIARGS.get("check"):
            return
        self._close()
        try:
            variables = _variables(play)
            folder = _value(play, variables, HISTORY, DEFAULT)
            report = _value(play, variables, (PREFLIGHT,), PREFLIGHT_DEFAULT)
        except AnsibleError as error:
            self._display.warning(f"this play leaves no record: {error}")
            return
        if folder.lower() in ("", "false"):
            return
        self._what, self._folder = name, Path(folder).expanduser()
        groups = variables.get("groups", {})
        self._hosts = {group: list(groups.get(group, ())) for group in _GROUPS}
        self._preflight = _preflight(Path(report).expanduser())

    def v2_runner_on_start(self, host: Any, task: Any) -> None:
        """A task begins on a host."""
        if module := self._module(task):
            self._record.began(time.time(), host.get_name(), module, task.args)
            self._write()

    def v2_runner_on_ok(self, result: Any) -> None:
        """A task has succeeded on a host."""
        if module := self._module(result._task):
            told = (result._host.get_name(), module, result._task.args, result._result)
            self._record.answered(time.time(), *told)
            self._write()

    def v2_runner_on_failed(self, result: Any, *, ignore_errors: bool = False) -> None:
        """A task has failed on a host."""
        if not self._what or ignore_errors:
            return
        self._record.failed(str(result._result.get("msg", "")))
        if module := self._module(result._task):
            told = (result._host.get_name(), module, result._task.args, result._result)
            self._record.refused(time.time(), *told)
            self._write()

    def v2_runner_on_unreachable(self, result: Any) -> None:
        """A host cannot be reached."""
        if self._what:
            self._record.failed(f"{result._host.get_name()} cannot be reached")

    def v2_playbook_on_stats(self, stats: Any) -> None:
        """A playbook has ended."""
        failed = any(stats.summarize(host)["failures"] for host in stats.processed) or stats.dark
        self._write(FAILED if failed else DONE)
        self._close()

    def _module(self, task: Any) -> str:
        """The name of a module that is recorded, or nothing."""
        name = str(task.action).rpartition(".")[2]
        return name if self._what and name in RECORDED and not task.check_mode else ""

    def _write(self, how: str = UNFINISHED) -> None:
        """Replace the file; before the first event there is none."""
        if self._folder is None or not self._record.events:
            return
        now = time.time()
        kind, called = _PLAYS[self._what]
        is_first = self._file is None
        try:
            if self._file is None:
                begun = datetime.datetime.fromtimestamp(self._begun, datetime.UTC)
                file = RunRecord(self._folder, called, begun)
                file.begin()
                self._file = file
            self._file.write(
                {
                    "kind": "play",
                    "what": kind,
                    "begun": moment(self._begun),
                    "ended": moment(now) if how != UNFINISHED else None,
                    "written": moment(now),
                    "seconds": round(now - self._begun, 3),
                    "by": who(),
                    "process": os.getpid(),
                    "versions": {
                        "collection": VERSION,
                        "python": platform.python_version(),
                        "ansible_core": ansible_core,
                    },
                    **self._record.content(how, self._hosts, self._preflight),
                }
            )
        except OSError as error:
            self._display.warning(f"the record of this play cannot be written: {error.strerror}")
            self._folder = None
            return
        # Not at the end: the last line is about CUBE.
        if is_first:
            self._display.display(f"The record of this play is {self._file.path}")

    def _broken_off(self) -> None:
        """Tell that the play did not come to its end."""
        if self._what and os.getpid() == self._process:
            self._write(BROKEN_OFF)


def _variables(play: Any) -> Mapping[str, Any]:
    """The variables of the first host of a play, as its inventory has them."""
    manager = play.get_variable_manager()
    hosts = manager._inventory.get_hosts(play.hosts)
    found: Mapping[str, Any] = manager.get_vars(play=play, host=hosts[0] if hosts else None)
    return found


def _value(play: Any, variables: Mapping[str, Any], names: tuple[str, ...], default: str) -> str:
    for name in names:
        if name in variables:
            templar = Templar(loader=play._loader, variables=variables)
            return str(templar.template(variables[name]))
    return default


def _preflight(path: Path) -> dict[str, Any] | None:
    """What the last preflight has found, from a file that anybody may have changed."""
    try:
        found = json.loads(path.read_text())
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None
