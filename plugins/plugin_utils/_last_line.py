# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The last line of a playbook, however it ends: whether CUBE runs, and what to type next.

After Ctrl-C or a signal Ansible runs no task any more.  So a callback plugin, which the folder
``playbooks/callback_plugins`` lets Ansible load, keeps a record and prints the line.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

from ansible import context
from ansible.plugins.callback import CallbackBase
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._printable import printable
from ansible_collections.fnndsc.swift_migration.plugins.plugin_utils._cube_record import (
    AGAIN,
    BACK,
    MODULES,
    SERVICES,
    CubeRecord,
)
from ansible_collections.fnndsc.swift_migration.plugins.plugin_utils._typed_command import (
    TypedCommand,
)

_OWN = {"migrate.yml", "cutover.yml", "rollback.yml", "verify.yml"}
_WORKING = {"swift_sync": "copy", "swift_rollback": "copy", "swift_compare": "comparison"}
"""The modules that go on where they work when the connection ends, and what they do."""
_WAITED_FOR = {"copy": ": the next run shows it and waits for it", "comparison": ""}
_SWITCHING = {"cutover.yml", "rollback.yml"}
_AGAIN = 0.1
"""Seconds after which a Ctrl-C is sent again that came in the middle of a fork."""


class LastLine(CallbackBase):  # type: ignore[misc]  # ansible-core has no types
    """Prints one line when a cutover or a way back ends, or when any playbook is broken off."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "cube_state"
    CALLBACK_NEEDS_ENABLED = False

    def __init__(self) -> None:
        super().__init__()
        self._process = os.getpid()
        self._record = CubeRecord()
        self._working: dict[str, str] = {}
        self._warned = False
        self._switches = False
        self._open = False
        atexit.register(self._broken_off)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            self._before_end_by(number)

    def v2_playbook_on_play_start(self, play: Any) -> None:
        """A play begins."""
        file = Path(str(play.get_path()).rpartition(":")[0])
        if file.name in _OWN and not context.CLIARGS.get("check"):
            self._open = True
            self._switches = self._switches or file.name in _SWITCHING
            self._record.returning = file.name == "rollback.yml"

    def v2_runner_on_start(self, host: Any, task: Any) -> None:
        """A task begins on a host."""
        if what := self._works(task):
            self._working[host.get_name()] = what
        module = self._module(task)
        if not module:
            return
        self._record.began(host.get_name(), module, task.args)
        if module == SERVICES and task.args.get("state") == "stopped" and not self._warned:
            self._warned = True
            self._display.display(
                f"CUBE is stopped from now on. If this run is cut off: {self._what_next()}"
            )

    def v2_runner_on_ok(self, result: Any) -> None:
        """A task has succeeded on a host."""
        self._ended(result)
        if module := self._module(result._task):
            host = result._host.get_name()
            self._record.answered(host, module, result._task.args, result._result)

    def v2_runner_on_skipped(self, result: Any) -> None:
        """A task was not done on a host."""
        self._ended(result)
        if self._module(result._task):
            self._record.skipped(result._host.get_name())

    def v2_runner_on_failed(self, result: Any, *, ignore_errors: bool = False) -> None:
        """A task has failed on a host."""
        self._ended(result)
        if self._module(result._task):
            self._record.refused(result._host.get_name())

    def v2_runner_on_unreachable(self, result: Any) -> None:
        """A host cannot be reached."""
        self._record.lost(result._host.get_name())

    def v2_playbook_on_stats(self, stats: Any) -> None:
        """A playbook has ended."""
        failed = any(stats.summarize(host)["failures"] for host in stats.processed) or stats.dark
        told = self._switches and (self._record.hosts or failed)
        if self._open and (told or self._working):
            self._display.display(self._line())
        self._open = self._switches = self._warned = False
        self._record = CubeRecord()
        self._working.clear()

    @staticmethod
    def _works(task: Any) -> str:
        """What a task does that may go on without this playbook; empty if nothing."""
        return "" if task.check_mode else _WORKING.get(str(task.action).rpartition(".")[2], "")

    def _ended(self, result: Any) -> None:
        if self._works(result._task):
            self._working.pop(result._host.get_name(), None)

    @staticmethod
    def _module(task: Any) -> str:
        """The name of a module that is recorded, or nothing."""
        name = str(task.action).rpartition(".")[2]
        return name if name in MODULES and not task.check_mode else ""

    def _line(self) -> str:
        parts = [str(self._record), *self._what_goes_on(), self._what_next()]
        return printable(" ".join(part for part in parts if part))

    def _what_goes_on(self) -> Iterator[str]:
        for what, waited_for in _WAITED_FOR.items():
            hosts = sorted(host for host, does in self._working.items() if does == what)
            if hosts:
                stop = self._typed().with_playbook("stop")
                yield f"The {what} on {', '.join(hosts)} may go on{waited_for}."
                yield f"To end it well, type `{stop}`."

    @staticmethod
    def _typed() -> TypedCommand:
        return TypedCommand(
            sys.argv, context.CLIARGS.get("args") or (), context.CLIARGS.get("extra_vars") or ()
        )

    def _what_next(self) -> str:
        typed = self._typed()
        commands = {AGAIN: typed.again(), BACK: typed.with_playbook("rollback")}
        steps = self._record.next_steps()
        return " ".join(f"To {why}, type `{commands[step]}`." for step, why in steps.items())

    def _before_end_by(self, number: int) -> None:
        """Print the line when a signal ends this process."""
        before = signal.getsignal(number)
        if before == signal.SIG_IGN:
            return

        def end(signum: int, frame: FrameType | None) -> None:
            if os.getpid() != self._process:  # a worker, which was forked
                signal.signal(signum, before)
                os.kill(os.getpid(), signum)
            elif _in_a_fork(frame):
                threading.Timer(_AGAIN, os.kill, (self._process, signum)).start()
            elif signum == signal.SIGINT and callable(before):
                try:
                    before(signum, frame)  # raises KeyboardInterrupt, for Ansible to tidy up
                finally:
                    signal.signal(signum, self._end_at_once)
            elif callable(before):  # Ansible's own, which tells its workers and ends this process
                self._broken_off()
                before(signum, frame)
            else:
                sys.exit(128 + signum)

        signal.signal(number, end)

    def _end_at_once(self, signum: int, _frame: FrameType | None) -> None:
        """End at a second Ctrl-C, for which Ansible would leave no time to print anything."""
        self._broken_off()
        os._exit(128 + signum)

    def _broken_off(self) -> None:
        """Print the line, unless the playbook came to its end."""
        if not self._open or os.getpid() != self._process:
            return
        # A Ctrl-C from here on comes when the line is there, not between the two.
        blocked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        self._open = False
        # Standard output may have ended with the program behind a pipe.
        with contextlib.suppress(OSError):
            os.write(2, f"\n{self._line()}\n".encode())
        signal.pthread_sigmask(signal.SIG_SETMASK, blocked)


def _in_a_fork(frame: FrameType | None) -> bool:
    """Whether a worker is forked: what a signal's handler raises there, Python prints and drops."""
    while frame is not None:
        if frame.f_code.co_filename.endswith("popen_fork.py"):
            return True
        frame = frame.f_back
    return False
