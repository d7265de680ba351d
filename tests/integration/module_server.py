# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A process that has imported Ansible and the plugins, and forks one child for each module run.

A module runs in a process of its own, as under Ansible: nothing that it changes outlives it. Only
the half second of imports is saved.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import pkgutil
import runpy
import select
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

ROOT = Path(__file__).parents[2]
PLUGINS = "ansible_collections.fnndsc.swift_migration.plugins"


class ModuleServer:
    """The process, as a context manager. It ends with the process that started it."""

    def __enter__(self) -> Self:
        self._control, end = socket.socketpair()
        with end:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.integration.module_server", str(end.fileno())],
                env={**os.environ, "PYTHONPATH": str(ROOT / ".collections")},
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                pass_fds=(end.fileno(),),
            )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._control.close()
        self._process.wait(60)

    def run(
        self, name: str, arguments: str, env: Mapping[str, str], cwd: Path, timeout: float
    ) -> subprocess.CompletedProcess[str]:
        """Run a module; threads may do so at the same time.

        :param name: of the module, ``swift_sync`` for example.
        :param arguments: its standard input.
        :param env: the whole environment of its process.
        :param timeout: seconds.
        :raises subprocess.TimeoutExpired: it took longer, and was killed.
        """
        request = {"name": name, "env": dict(env), "cwd": str(cwd), "timeout": timeout}
        here, there = socket.socketpair()
        with (
            here,
            tempfile.TemporaryFile() as asked,
            tempfile.TemporaryFile() as output,
            tempfile.TemporaryFile() as errors,
        ):
            asked.write(arguments.encode())
            asked.seek(0)
            standard = [asked.fileno(), output.fileno(), errors.fileno()]
            with there:
                socket.send_fds(self._control, [b"\0"], [there.fileno(), *standard])
            here.sendall(json.dumps(request).encode())
            here.shutdown(socket.SHUT_WR)
            answer = here.makefile().read()
            status = json.loads(answer)
            if status is None:
                raise subprocess.TimeoutExpired(name, timeout)
            return subprocess.CompletedProcess(name, status, _text(output), _text(errors))


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode()


def import_all() -> None:
    """Import what modules import."""
    importlib.import_module("ansible.module_utils.basic")
    utils = importlib.import_module(f"{PLUGINS}.module_utils")
    for found in pkgutil.walk_packages(utils.__path__, f"{utils.__name__}."):
        importlib.import_module(found.name)
    gc.freeze()  # else each child copies all this memory when it ends


def _main(control: socket.socket) -> None:
    import_all()
    if (request := _serve(control)) is None:
        return
    # The module's own process. It ends as any other: with what is registered for its exit.
    os.environ.clear()
    os.environ.update(request["env"])
    os.chdir(request["cwd"])
    sys.argv[:] = [request["name"]]
    runpy.run_module(f"{PLUGINS}.modules.{request['name']}", run_name="__main__", alter_sys=True)


def _serve(control: socket.socket) -> dict[str, Any] | None:
    """Fork for each request: returns the request in a module's process, None at the end."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for a child's end
    while True:
        message, descriptors, _flags, _address = socket.recv_fds(control, 1, 4)
        if not message:
            return None
        if os.fork() == 0:
            break
        for descriptor in descriptors:
            os.close(descriptor)
    control.close()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    client = socket.socket(fileno=descriptors[0])
    request: dict[str, Any] = json.loads(client.makefile().read())
    if (child := os.fork()) == 0:
        client.close()
        for number, descriptor in enumerate(descriptors[1:]):
            os.dup2(descriptor, number)
            os.close(descriptor)
        return request
    client.sendall(json.dumps(_status(child, request["timeout"])).encode())
    os._exit(0)


def _status(child: int, timeout: float) -> int | None:
    """The exit status of a process, None for one that took too long."""
    ended, _nothing, _nothing = select.select([os.pidfd_open(child)], [], [], timeout)
    if not ended:
        os.kill(child, signal.SIGKILL)
    _pid, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status) if ended else None


if __name__ == "__main__":
    _main(socket.socket(fileno=int(sys.argv[1])))
