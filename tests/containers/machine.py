# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A machine with systemd as its first process, in a container, and the application as its units."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Mapping
from pathlib import Path

from tests.containers.application import Application
from tests.containers.engine import IMAGE, Engine, EngineError, mounts
from tests.cube import env_file
from tests.servers.virtual_environment import ROOT

CUBE_UNITS = ["chris.service", "chris-worker.service"]
PFCON_UNITS = ["pfcon.service"]
START_SECONDS = 60.0
SYSTEMD = Path("/usr/lib/systemd/systemd")
# What systemd needs of a container that has a hierarchy of control groups of version 1.
FREEDOM = [
    *("--cap-add", "SYS_ADMIN", "--cgroupns", "host"),
    *("--security-opt", "seccomp=unconfined", "--security-opt", "apparmor=unconfined"),
    *("--tmpfs", "/run", "--env", "container=docker"),
]


class Machine:
    """A container that can be started again as a host is, with the application's units enabled.

    :param folder: env files and the application's state.
    """

    def __init__(
        self, engine: Engine, folder: Path, old: Mapping[str, str], pfcon: Mapping[str, str]
    ) -> None:
        if not SYSTEMD.exists():
            raise EngineError(f"needed: {SYSTEMD}: apt install systemd")
        application = Application.at(folder)
        self.engine = engine
        self.env_file, self.pfcon_env_file = folder / "secrets.env", folder / "pfcon.env"
        env_file.write(self.env_file, {"DJANGO_SECRET_KEY": "django", **old})
        env_file.write(self.pfcon_env_file, pfcon)
        self.url = application.url
        groups = "/sys/fs/cgroup/systemd"
        hierarchy = groups if Path(groups).exists() else "/sys/fs/cgroup"
        volumes = [*mounts(ROOT), f"{folder.parent}:{folder.parent}", f"{hierarchy}:{hierarchy}"]
        self.id = engine.docker(
            *("run", "--detach", "--network", "host", *FREEDOM),
            *(word for volume in volumes for word in ("--volume", volume)),
            *(IMAGE, str(SYSTEMD)),
        )
        self.wait()
        for name, command, path in self._units(application):
            self.write(f"/etc/systemd/system/{name}", self._unit(application, command, path))
        self.systemctl("daemon-reload")
        self.systemctl("enable", "--now", *CUBE_UNITS, *PFCON_UNITS)

    def write(self, path: str, text: str, *, more: bool = False) -> None:
        """Write a file there.

        :param more: add to what it holds.
        """
        mark = ">>" if more else ">"
        script = f"mkdir -p $(dirname {path}); cat {mark} {path}"
        self.run("/bin/sh", "-c", script, stdin=text.encode())

    def run(self, *words: str, check: bool = True, stdin: bytes | None = None) -> str:
        """Run a command there, and return what it prints."""
        there = ("exec", "--interactive", self.id)
        return self.engine.docker(*there, *words, check=check, stdin=stdin)

    def processes(self) -> list[int]:
        """The process IDs, as this host counts, of all that runs there and nowhere else."""
        first = self.engine.docker("inspect", "--format", "{{.State.Pid}}", self.id)
        namespace = Path(f"/proc/{first}/ns/pid").readlink()
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):  # it has ended
                if (entry / "ns" / "pid").readlink() == namespace:
                    found.append(int(entry.name))
        return found

    def systemctl(self, *words: str, check: bool = True) -> str:
        return self.run("systemctl", *words, check=check)

    def active(self) -> list[str]:
        """The application's units that run."""
        units = [*CUBE_UNITS, *PFCON_UNITS]
        states = self.systemctl("is-active", *units, check=False).split()
        return sorted(u for u, state in zip(units, states, strict=True) if state == "active")

    def environment(self, unit: str) -> dict[str, str]:
        """What the unit's main process was started with."""
        pid = self.systemctl("show", "--value", "--property=MainPID", unit)
        text = self.run("cat", f"/proc/{pid}/environ")
        return dict(line.split("=", 1) for line in text.split("\0") if "=" in line)

    def reboot(self) -> None:
        """Cut the power, which asks nobody, and start again."""
        self.engine.docker("restart", "--time", "0", self.id)
        self.wait()

    def wait(self) -> None:
        """Return when systemd has started all it is to start."""
        deadline = time.monotonic() + START_SECONDS
        while self.systemctl("is-system-running", check=False) not in ("running", "degraded"):
            if time.monotonic() > deadline:
                raise EngineError(f"systemd does not start: {self.engine.docker('logs', self.id)}")
            time.sleep(0.2)

    def destroy(self) -> None:
        self.engine.docker("rm", "--force", self.id)

    def _units(self, application: Application) -> list[tuple[str, str, Path]]:
        commands = [
            f"ExecStartPre={application.migrate}\nExecStart={application.serve}",
            f"ExecStart={application.worker}",
            f"ExecStart={application.pfcon}",
        ]
        files = [self.env_file, self.env_file, self.pfcon_env_file]
        return list(zip([*CUBE_UNITS, *PFCON_UNITS], commands, files, strict=True))

    @staticmethod
    def _unit(application: Application, command: str, path: Path) -> str:
        variables = application.variables.items()
        environment = "\n".join(f'Environment="{name}={v}"' for name, v in variables)
        return (
            f"[Unit]\n[Service]\n{environment}\nEnvironmentFile={path}\n"
            f"WorkingDirectory={application.folder}\nRestart=always\nRestartSec=1\n{command}\n"
            # By itself systemd gives a start 90 s, which is too little on a very busy machine.
            "TimeoutStartSec=300\n"
            "[Install]\nWantedBy=multi-user.target\n"
        )
