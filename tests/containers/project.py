# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The application in CUBE's place as a project of Docker Compose, with the traps in it.

``chris`` and ``worker`` read ``secrets.env``, and some of the same variables stand in their
``environment:`` too, where they win. All of pfcon's stand there. ``db`` has nothing to do with
storage, and ``pacs``, which has a profile of its own, reads the same file. The files take variables
from the environment of who starts them; images are always pulled, though there is no registry.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.containers.application import Application
from tests.containers.composed import Composed
from tests.containers.engine import IMAGE, Engine, mounts
from tests.cube import env_file
from tests.servers.virtual_environment import ROOT

SERVICES = ["chris", "pfcon", "worker"]
USUAL_SERVICES = sorted([*SERVICES, "worker_periodic", "scheduler"])
"""Those of a miniChRIS, which the role takes for granted."""


EXPORTED = {"TAG": "latest", "TOKEN": "t0ken-of-the-shell", "NAMED": "bare"}
"""Variables of the files that no file sets; the folder ``BASE`` is another one."""


class Project(Composed):
    """
    :param old: CUBE's variables for the old storage.
    :param pfcon: pfcon's.
    :param services: CUBE's and pfcon's, `SERVICES` unless given; any other one does nothing.
    """

    def __init__(
        self,
        engine: Engine,
        folder: Path,
        old: dict[str, str],
        pfcon: dict[str, str],
        services: Sequence[str] = (),
    ) -> None:
        application = Application.at(folder)
        exported = {**EXPORTED, "BASE": str(folder)}
        super().__init__(engine, application, folder / "secrets.env", SERVICES, exported)
        self.compose_file = folder / "docker-compose.yml"
        self._services = services or SERVICES
        env_file.write(self.env_file, {"DJANGO_SECRET_KEY": "django", **old})
        wins = {name: old[name] for name in ("STORAGE_ENV", "SWIFT_AUTH_URL")}
        self.compose_file.write_text(json.dumps(self._content(application, wins, pfcon), indent=2))

    @property
    def started(self) -> Sequence[str]:
        return ["db", *self._services]

    @property
    def override(self) -> Path:
        return self.folder / "docker-compose.override.yml"

    @property
    def described(self) -> dict[str, Any]:
        """What the role cube_storage is told of it."""
        return {
            "cube_storage_deployment": "compose",
            "cube_storage_compose": {
                "directory": str(self.folder),
                "services": ["chris", "worker"],
            },
            "cube_storage_env_files": [str(self.env_file)],
            "cube_storage_health_url": self.url,
        }

    def _content(
        self, application: Application, wins: dict[str, str], pfcon: dict[str, str]
    ) -> dict[str, Any]:
        common = application.variables
        base: dict[str, Any] = {
            "image": f"{IMAGE}:${{TAG:-none}}",
            "pull_policy": "always",
            "network_mode": "host",
            "restart": "always",
            "working_dir": str(self.folder),
            "volumes": [*mounts(ROOT), f"${{BASE:?}}:{self.folder}"],
        }
        cube = {
            **base,
            "env_file": "secrets.env",
            "environment": [
                *(f"{name}={value}" for name, value in (common | wins).items()),
                "TOKEN=${TOKEN}",
                "NAMED",
            ],
            "depends_on": {
                "db_migrate": {"condition": "service_completed_successfully"},
                "db": {"condition": "service_started"},
            },
        }
        sleep = [sys.executable, "-c", "import time; time.sleep(1e6)"]
        idle = {name: {**cube, "command": sleep, "stop_grace_period": "1s"} for name in
                self._services if name not in SERVICES}  # fmt: skip
        once = {key: value for key, value in cube.items() if key not in ("depends_on", "restart")}
        return {
            "services": {
                "chris": {**cube, "command": application.serve},
                "worker": {**cube, "command": application.worker},
                "db_migrate": {**once, "command": application.migrate},
                "pfcon": {
                    **base,
                    "environment": common | pfcon,
                    "command": application.pfcon,
                },
                "pacs": {**once, "profiles": ["pacs"], "command": sleep},
                "db": {**base, "command": sleep, "stop_grace_period": "1s"},
                **idle,
            }
        }
