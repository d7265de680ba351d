# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What breaks a cutover off on a real engine: a step that fails, or Docker that ends."""

from __future__ import annotations

import shlex
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from tests.containers.engine import Engine
from tests.containers.shape import FAULT, Shaped, failing, interrupted
from tests.integration.playbooks.controller import Run
from tests.integration.playbooks.cutover import Cutover
from tests.integration.playbooks.test_cutover_broken_off import at_the_destination
from tests.servers import Lab

UNDO = "Undo the cutover"


@dataclass(frozen=True)
class Failure:
    """
    :ivar why: what is told.
    :ivar hooks: see :meth:`Controller.hooked`.
    :ivar written: a file that is uploaded while the new storage is in use.
    :ivar away: Docker ends, and is not there again before the run has ended.
    """

    why: str
    hooks: Mapping[str, str] = field(default_factory=dict)
    written: str = ""
    away: bool = False


@dataclass(frozen=True)
class BrokenOff:
    """Makes what breaks a cutover off."""

    cutover: Cutover
    deployment: Shaped
    lab: Lab

    def stop(self) -> Failure:
        """All is stopped, or with Swarm one service of two; then Docker fails."""
        return self._refused("Stop the services that write", "(compose .* rm )|(update .*_worker$)")

    def lost(self) -> Failure:
        """Docker ends in the middle of the stop."""
        engine = self.deployment.engine
        hooks = self._docker(
            "Stop the services that write",
            interrupted("compose .* stop ", engine.end),
            undone=False,
        )
        return Failure("Stop the services that write", hooks, away=True)

    def copy(self) -> Failure:
        quota = "post_container(%r, {'X-Container-Meta-Quota-Bytes': %r})"
        return Failure(
            "quota",
            {
                "Copy the rest": at_the_destination(self.lab, quota % (self.cutover.new, "1")),
                UNDO: at_the_destination(self.lab, quota % (self.cutover.new, "")),
            },
        )

    def proof(self) -> Failure:
        stray = at_the_destination(self.lab, f"put({self.cutover.new!r}, 'stray', b'stray')")
        return Failure("1 extra. The first is stray", {"Compare the containers": stray})

    def environment(self) -> Failure:
        """The env files are written; the override, which is the last one, is an obstacle."""
        names = (
            "docker-compose.override.yml",
            "compose.cube-storage.yml",
            "stack.cube-storage.yml",
        )
        folders = shlex.join(str(self.deployment.folder / name / "in-the-way") for name in names)
        return Failure(
            "cube-storage.yml",
            {
                "Set the variables of the new storage": f"mkdir -p {folders}",
                UNDO: f"rmdir -p --ignore-fail-on-non-empty {folders}",
            },
        )

    def start(self) -> Failure:
        """All is started on the new storage; then Docker fails."""
        task = "Start the services with the present environment"
        return self._refused(task, "(compose .* up )|(stack deploy )")

    def restart(self) -> Failure:
        """Docker is started anew in the middle of the start on the new storage."""
        engine = self.deployment.engine
        task = "Start the services with the present environment"
        fault = interrupted("compose .* up ", engine.restart, seconds=0.1)
        return Failure(task, self._docker(task, fault, undone=False))

    def health(self) -> Failure:
        """CUBE runs on the new storage, where a file is written before anybody looks."""
        return self._refused("Wait until CUBE is healthy", "exec ", written="written-there")

    def check(self) -> Failure:
        """Docker is started anew while CUBE is looked at."""
        engine = self.deployment.engine
        task = "Wait until CUBE is healthy"
        fault = interrupted("exec ", engine.restart)
        return Failure(task, self._docker(task, fault, undone=False))

    def _refused(self, task: str, arguments: str, written: str = "") -> Failure:
        """Let Docker fail with these arguments from a task on, until CUBE is put back.

        :param arguments: a regular expression.
        :param written: a file that is uploaded first.
        """
        hooks = self._docker(task, failing(arguments), undone=True)
        if written:
            wait = ["--retry", "90", "--retry-delay", "1", "--retry-all-errors"]
            url = f"{self.deployment.url}files/{written}"
            upload = shlex.join(["curl", "-sSf", *wait, "--data-binary", written, url])
            hooks[task] = f"{upload} && {hooks[task]}"
        return Failure("it fails on purpose", hooks, written)

    def _docker(self, task: str, fault: str, undone: bool) -> dict[str, str]:
        """Give Docker a fault at the begin of a task.

        :param undone: the fault does not end by itself.
        """
        file = shlex.quote(str(self.deployment.folder / FAULT))
        made = {task: f"printf %s {shlex.quote(fault)} > {file}"}
        return made | ({UNDO: f"rm {file}"} if undone else {})


def attended(engine: Engine, run: Callable[[], Run], away: bool) -> Run:
    """What runs, with Docker started again whenever it has ended, or afterwards.

    It is started in this thread: it ends with the one that starts it.
    """
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(run)
        while not running.done():
            if not away:
                engine.revive()
            time.sleep(0.2)
    engine.revive()
    return running.result()
