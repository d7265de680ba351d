# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What the services of the application in CUBE's place are, however they are deployed."""

from __future__ import annotations

import os
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from tests.cube.deployment import PACKAGES, PROGRAMS
from tests.servers import ports
from tests.servers.virtual_environment import ROOT

START_SECONDS = 120.0


@dataclass(frozen=True)
class Application:
    """
    :param folder: its state.
    :param port: where its API is.
    """

    folder: Path
    port: int

    @classmethod
    def at(cls, folder: Path) -> Application:
        """Make the folder, and choose a port."""
        PACKAGES.ensure()
        folder.mkdir()
        return cls(folder, ports.choose(["cube"])["cube"])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/api/v1/"

    @property
    def pfcon_ledger(self) -> Path:
        """What the storage has acknowledged to pfcon's jobs."""
        return self.folder / "pfcon.ledger"

    def wait(self) -> None:
        """Return when the API answers."""
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                urllib.request.urlopen(self.url, timeout=10).close()  # noqa: S310
            except (OSError, urllib.error.URLError):
                assert time.monotonic() < deadline, f"{self.url} does not answer"
                time.sleep(0.2)
            else:
                return

    @property
    def variables(self) -> dict[str, str]:
        """Those that have nothing to do with storage."""
        return {
            # As in CUBE's images, python3 is the one with its libraries.
            "PATH": f"{PACKAGES.path / 'bin'}:{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
            "LC_ALL": "C.UTF-8",
            "DJANGO_SETTINGS_MODULE": f"{PROGRAMS}.settings",
            "CUBE_DATABASE": str(self.folder / "db.sqlite3"),
            "PFCON_LEDGER": str(self.pfcon_ledger),
        }

    @property
    def migrate(self) -> str:
        return f"{PACKAGES.python} -m django migrate --run-syncdb --verbosity=0"

    @property
    def serve(self) -> str:
        return (
            f"{PACKAGES.python} -m gunicorn --no-control-socket --bind 127.0.0.1:{self.port}"
            f" --workers 1 --timeout 120 {PROGRAMS}.wsgi:application"
        )

    @property
    def worker(self) -> str:
        return f"{PACKAGES.python} -m {PROGRAMS}.worker"

    @property
    def pfcon(self) -> str:
        return f"{PACKAGES.python} -m {PROGRAMS}.pfcon"
