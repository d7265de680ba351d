# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The application in CUBE's place as a stack of Docker Swarm, with the trap in it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.containers.application import Application
from tests.containers.engine import IMAGE, Engine, mounts
from tests.cube import env_file
from tests.cube.deployment import PACKAGES
from tests.servers import ports
from tests.servers.virtual_environment import ROOT

WRITERS = ["chris", "pfcon", "worker"]
IDLE = ["scheduler", "worker_periodic"]
SERVICES = sorted([*WRITERS, *IDLE])
"""Those of a miniChRIS, which the role takes for granted."""
BYSTANDER = "db"
"""A service that has nothing to do with CUBE's files."""
START_SECONDS = 120.0


class Stack:
    """A stack, deployed, on a swarm of this engine alone; :mod:`tests.cube.writer` can use it.

    :param old: CUBE's variables for the old storage; some stand in `environment:` as well.
    :param pfcon: pfcon's, which all stand there.
    """

    def __init__(
        self, engine: Engine, folder: Path, old: Mapping[str, str], pfcon: Mapping[str, str]
    ) -> None:
        application = Application.at(folder)
        self.engine, self.name, self.url = engine, folder.name, application.url
        self.folder = folder
        self.env_file, self.file = folder / "secrets.env", folder / "docker-compose.yml"
        self.ledger, self.pfcon_ledger = folder / "writer.ledger", application.pfcon_ledger
        (folder / "url").write_text(self.url)
        self.exported = self._write(application, old, pfcon)
        port = ports.choose(["swarm"])["swarm"]
        engine.docker(
            *("swarm", "init", "--advertise-addr", "127.0.0.1"),
            *("--listen-addr", f"127.0.0.1:{port}"),
        )
        deploy = ("stack", "deploy", "--resolve-image", "never", "--compose-file", str(self.file))
        engine.docker(*deploy, self.name, environment=self.exported)
        self.wait({**dict.fromkeys(SERVICES, 1), "worker": 2})
        application.wait()

    def _write(
        self, application: Application, old: Mapping[str, str], pfcon: Mapping[str, str]
    ) -> dict[str, str]:
        """Write the stack's files; return the variables that they take from who deploys them."""
        env_file.write(self.env_file, {"DJANGO_SECRET_KEY": "django", **old})
        wins = {name: old[name] for name in ("STORAGE_ENV", "SWIFT_AUTH_URL")}
        base = {
            "image": f"{IMAGE}:${{TAG:-none}}",
            "networks": ["host"],
            "working_dir": str(self.folder),
            "volumes": [*mounts(ROOT), f"${{BASE:?}}:{self.folder}"],
        }
        variables = {**application.variables, **wins, "TOKEN": "${TOKEN}"}
        cube = {**base, "env_file": "secrets.env", "environment": variables}
        serve = f"/bin/sh -c '{application.migrate} && exec {application.serve}'"
        sleep = [sys.executable, "-c", "import time; time.sleep(1e6)"]
        idle = {**cube, "command": sleep, "stop_grace_period": "1s"}
        content = {
            "version": "3.8",
            "services": {
                "chris": {**cube, "command": serve},
                "worker": {**cube, "command": application.worker, "deploy": {"replicas": 2}},
                "pfcon": {
                    **base,
                    "command": application.pfcon,
                    "environment": application.variables | dict(pfcon),
                },
                **dict.fromkeys(IDLE, idle),
                # Docker would put these mounts in another order.
                BYSTANDER: {
                    **base,
                    "command": sleep,
                    "stop_grace_period": "1s",
                    "volumes": [*mounts(ROOT), f"{self.folder}:/bystander"],
                },
            },
            "networks": {"host": {"external": True, "name": "host"}},
        }
        self.file.write_text(json.dumps(content, indent=2))
        return {"TAG": "latest", "TOKEN": "t0ken-of-the-shell", "BASE": str(self.folder)}

    def wait(self, due: Mapping[str, int]) -> None:
        """Return when so many containers of each service run."""
        deadline = time.monotonic() + START_SECONDS
        while {s: len(self.containers(s)) for s in due} != dict(due):
            assert time.monotonic() < deadline, self.engine.docker("stack", "ps", self.name)
            time.sleep(0.5)

    def containers(self, service: str) -> list[str]:
        """The IDs of the service's containers that run."""
        label = f"label=com.docker.swarm.service.name={self.name}_{service}"
        return self.engine.docker("ps", "--quiet", "--filter", label).split()

    def environments(self, service: str) -> list[dict[str, str]]:
        """What the first process of each container was started with."""
        found = []
        for container in self.containers(service):
            text = self.engine.docker("exec", container, "cat", "/proc/1/environ")
            found.append(dict(line.split("=", 1) for line in text.split("\0") if "=" in line))
        return found

    @property
    def starts(self) -> list[str]:
        """The IDs of the writers' containers."""
        return [each for service in WRITERS for each in sorted(self.containers(service))]

    def status(self) -> dict[str, bool]:
        """Return which writers run."""
        return {service: bool(self.containers(service)) for service in WRITERS}

    def environment(self) -> dict[str, str]:
        """Return the environment that the API's process really has."""
        return self.environments("chris")[0]

    def run(
        self, arguments: Sequence[str], *, stdin: int | None = None, stdout: int | None = None
    ) -> subprocess.Popen[bytes]:
        """Run Python with these arguments in the container of the API.

        :param stdin: as with :class:`subprocess.Popen`, and ``stdout`` likewise.
        """
        [container] = self.containers("chris")
        there = ["docker", "exec", "--interactive", container, str(PACKAGES.python)]
        environment = os.environ | self.engine.environment
        return subprocess.Popen([*there, *arguments], env=environment, stdin=stdin, stdout=stdout)

    def destroy(self) -> None:
        self.engine.docker("swarm", "leave", "--force", check=False)
