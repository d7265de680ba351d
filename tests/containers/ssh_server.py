# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""OpenSSH's server on a machine of the tests, and how to reach it."""

from __future__ import annotations

import re
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

from tests.containers.engine import EngineError
from tests.containers.machine import Machine
from tests.integration.playbooks.controller import kill
from tests.servers import ports

# Another name than Debian's, whose ssh.socket would hand its own port over.
UNIT = "test-ssh.service"
START_SECONDS = 30.0
# As Debian has it, and without a password.
SUDOERS = """\
Defaults env_reset
Defaults secure_path="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
{name} ALL=(ALL) NOPASSWD: ALL
"""
PAM = "account required pam_permit.so\nsession required pam_permit.so\n"
SESSION = re.compile(r"^sshd(-session)?: root")


class SshServer:
    """Lets the owner of a new key in, as root, and whoever has ``~/.ssh/authorized_keys``.

    :param folder: keys and configuration; the machine has it at the same place.
    """

    def __init__(self, machine: Machine, folder: Path) -> None:
        self._machine = machine
        self._folder = folder
        self._port = ports.choose(["ssh"])["ssh"]
        folder.mkdir(mode=0o700)
        for name in ("host", "user"):
            make = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)]
            subprocess.run(make, check=True)
        key = " ".join((folder / "host.pub").read_text().split()[:2])
        (folder / "known_hosts").write_text(f"[127.0.0.1]:{self._port} {key}\n")
        (folder / "config").write_text(
            f"ListenAddress 127.0.0.1:{self._port}\nHostKey {folder / 'host'}\n"
            f"AuthorizedKeysFile {folder / 'user.pub'} .ssh/authorized_keys\n"
            "StrictModes no\nUsePAM no\nPermitRootLogin yes\nSubsystem sftp internal-sftp\n"
        )
        # The user without rights that the server wants, and the folder that it would not make.
        machine.write("/etc/passwd", "sshd:x:101:65534::/run/sshd:/usr/sbin/nologin\n", more=True)
        machine.write(
            f"/etc/systemd/system/{UNIT}",
            "[Unit]\n[Service]\nRuntimeDirectory=sshd\nRestart=on-failure\nRestartSec=1\n"
            f"ExecStart=/usr/sbin/sshd -D -f {folder / 'config'} -E {folder / 'log'}\n",
        )
        machine.systemctl("daemon-reload")
        self.start()

    def add_user(self, name: str) -> None:
        """Make a user without privileges, with a home, whom the same key lets in."""
        home, machine = f"/home/{name}", self._machine
        machine.write("/etc/passwd", f"{name}:x:1000:1000::{home}:/bin/sh\n", more=True)
        machine.write(f"{home}/.ssh/authorized_keys", (self._folder / "user.pub").read_text())
        machine.run("chown", "--recursive", "1000:1000", home)

    def let_become(self, name: str) -> None:
        """Let the user run everything as root."""
        self._machine.write("/etc/sudoers", SUDOERS.format(name=name))
        self._machine.run("chmod", "0440", "/etc/sudoers")
        self._machine.write("/etc/pam.d/sudo", PAM)

    @property
    def variables(self) -> dict[str, Any]:
        """What an inventory says of the host, but for the user."""
        return self.variables_with(self._folder)

    def variables_with(self, folder: Path) -> dict[str, Any]:
        """The same where a folder has copies of :attr:`of_user`."""
        return {
            "ansible_host": "127.0.0.1",
            "ansible_port": self._port,
            "ansible_ssh_private_key_file": str(folder / "user"),
            "ansible_ssh_common_args": f"-F /dev/null -o UserKnownHostsFile={folder}/known_hosts",
        }

    @property
    def of_user(self) -> list[Path]:
        """The files that whoever comes in needs."""
        return [self._folder / name for name in ("user", "known_hosts")]

    def start(self) -> None:
        """Return when it answers: systemd starts it, and does not wait until it listens.

        :raises EngineError: it does not answer; the message has what it says.
        """
        self._machine.systemctl("start", UNIT)
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if time.monotonic() > deadline:
                state = self._machine.systemctl("status", "--no-pager", UNIT, check=False)
                log = self._folder / "log"
                said = log.read_text() if log.exists() else ""
                raise EngineError(f"OpenSSH does not answer on {self._port}:\n{state}\n{said}")
            time.sleep(0.1)

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self._port), timeout=5) as connection:
                return connection.recv(4) == b"SSH-"
        except OSError:
            return False

    @property
    def stop_command(self) -> str:
        """A shell command after which the host cannot be reached, and nobody is connected."""
        docker = f"DOCKER_HOST={self._machine.engine.environment['DOCKER_HOST']} docker"
        return f"{docker} exec {self._machine.id} systemctl stop {UNIT}"

    def cut(self) -> int:
        """Break all connections, and nothing else, and return how many there were."""
        sessions = [
            process
            for process in self._machine.processes()
            if SESSION.match(Path(f"/proc/{process}/cmdline").read_bytes().decode())
        ]
        kill(sessions)
        return len(sessions)
