# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A ``python`` for Ansible that is warm: it has imported what modules import.

Ansible brings a module with its libraries as a ZIP file, from which each run compiles them anew;
that takes longer than most modules do. Here a module runs in a process of its own as well, but in
one that is forked from a server. Whatever else the interpreter is asked for, the real one does.
"""

from __future__ import annotations

import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from types import ModuleType, TracebackType
from typing import NamedTuple, Self

from tests.integration.module_server import ROOT, import_all

CALLBACKS = str(Path(__file__).parent / "playbooks" / "callbacks")
"""A folder with callback plugins that do nothing unless the environment says what."""
CLIENT = """#!{real} -ISE
import _socket, os, sys

arguments = sys.argv[1:]
if arguments and not os.path.basename(arguments[0]).startswith("AnsiballZ_"):
    os.execv({real!r}, [{real!r}, *arguments])
server = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
server.connect({address!r})
standard = b"".join(number.to_bytes(4, sys.byteorder) for number in range(3))
server.sendmsg([b"."], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, standard)])
words = [os.getcwdb(), str(len(arguments)).encode(), *map(os.fsencode, arguments)]
server.sendall(b"\\0".join([*words, *(n + b"=" + v for n, v in os.environb.items())]))
server.shutdown(_socket.SHUT_WR)
status = int(server.recv(16) or b"255")
if status < 0:
    os.kill(os.getpid(), -status)
os._exit(status)
"""
"""What stands in the interpreter's place: it imports next to nothing."""


class WarmPython:
    """The server, as a context manager. It ends with the process that started it."""

    def __enter__(self) -> Self:
        self.folder = Path(tempfile.mkdtemp(prefix="warm-", dir="/tmp"))  # short
        address = str(self.folder / "socket")
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._control, end = socket.socketpair()
        with listener, end:
            listener.bind(address)
            listener.listen(64)
            descriptors = (listener.fileno(), end.fileno())
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.integration.warm_python", *map(str, descriptors)],
                env={**os.environ, "PYTHONPATH": str(ROOT / ".collections")},
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                pass_fds=descriptors,
            )
        self.path.parent.mkdir()
        self.built_modules.mkdir()
        self.path.write_text(CLIENT.format(real=sys.executable, address=address))
        self.path.chmod(0o700)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._control.close()
        self._process.wait(60)
        shutil.rmtree(self.folder)

    @property
    def path(self) -> Path:
        """Of the interpreter, in what looks like a virtual environment."""
        return self.folder / "bin" / "python"

    @property
    def built_modules(self) -> Path:
        """A folder for what Ansible makes of the modules; one run at a time may use it."""
        return self.folder / "modules"

    @property
    def environment(self) -> dict[str, str]:
        """What lets a run of Ansible use that folder."""
        return {
            "ANSIBLE_CALLBACK_PLUGINS": CALLBACKS,
            "BUILT_MODULES": str(self.built_modules),
        }


class _Request(NamedTuple):
    directory: bytes
    arguments: list[str]
    environment: dict[bytes, bytes]

    @classmethod
    def parse(cls, text: bytes) -> _Request:
        directory, number, *words = text.split(b"\0")
        arguments = [os.fsdecode(word) for word in words[: int(number)]]
        pairs = (word.partition(b"=") for word in words[int(number) :])
        return cls(directory, arguments, {name: value for name, _sign, value in pairs})

    def run(self) -> None:
        """Run the program as the interpreter's main module."""
        os.environb.clear()
        os.environb.update(self.environment)
        os.chdir(self.directory)
        tempfile.tempdir = None
        sys.argv[:] = self.arguments or [""]
        main = sys.modules["__main__"] = ModuleType("__main__")
        if self.arguments:
            main.__file__ = self.arguments[0]
            program = Path(self.arguments[0]).read_bytes()
        else:
            program = sys.stdin.buffer.read()
        exec(compile(program, sys.argv[0] or "<stdin>", "exec", dont_inherit=True), main.__dict__)  # noqa: S102


def _main(listener: socket.socket, control: socket.socket) -> None:
    import_all()
    if request := _serve(listener, control):
        request.run()  # it ends as any other process: with what is registered for its exit


def _serve(listener: socket.socket, control: socket.socket) -> _Request | None:
    """Fork for each request: returns the request in a module's process, None at the end."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for a child's end
    while control not in select.select([listener, control], [], [])[0]:
        client, _address = listener.accept()
        if os.fork() == 0:
            break
        client.close()
    else:
        return None
    listener.close()
    control.close()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    _message, descriptors, _flags, _address = socket.recv_fds(client, 1, 3)
    request = _Request.parse(client.makefile("rb").read())
    if (child := os.fork()) == 0:
        client.close()
        for number, descriptor in enumerate(descriptors):
            os.dup2(descriptor, number)
            os.close(descriptor)
        return request
    _pid, status = os.waitpid(child, 0)
    client.sendall(str(os.waitstatus_to_exitcode(status)).encode())
    os._exit(0)


if __name__ == "__main__":
    _main(*(socket.socket(fileno=int(number)) for number in sys.argv[1:]))
