# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The virtual environment of the servers, and what they need beside packages."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path

from tests.servers import keystone_home
from tests.servers.state import State, locked
from tests.servers.virtual_environment import ROOT, VirtualEnvironment, run

DEFAULT_VENV = ROOT / ".cache" / "servers-venv"


@dataclass(frozen=True)
class Installation:
    """The installed servers, and an empty Keystone database for labs to start from.

    Keystone takes 6 s to make its database, so it is made once and copied into each lab.
    """

    venv: Path = DEFAULT_VENV

    @property
    def packages(self) -> VirtualEnvironment:
        return VirtualEnvironment.named("servers", self.venv)

    @property
    def python(self) -> Path:
        return self.packages.python

    @property
    def keystone_database(self) -> Path:
        return self.venv / "share" / "lab" / "keystone.db"

    @property
    def admin_password(self) -> Path:
        return self.venv / "share" / "lab" / "admin-password"

    def ensure(self) -> None:
        """Install what is not installed yet; quick when all is.

        :raises LabError: when Python has no venv module or a package cannot be had.
        """
        self.packages.ensure()
        with locked(self.venv.with_name(self.venv.name + ".lock")):
            if not self.admin_password.exists():
                self._make_keystone_database()

    def _make_keystone_database(self) -> None:
        home = self.keystone_database.parent
        home.mkdir(parents=True, exist_ok=True)
        self.keystone_database.unlink(missing_ok=True)
        keystone_home.write(home, log=home, url="http://127.0.0.1", token_seconds=3600)
        manage = "import sys; from keystone.cmd.manage import main; sys.exit(main())"
        configuration = f"--config-file={home / 'keystone.conf'}"
        password = secrets.token_urlsafe(16)
        for command in ("db_sync", "bootstrap"):
            run(
                [str(self.python), "-c", manage, configuration, command],
                f"keystone-manage {command} failed",
                OS_BOOTSTRAP_PASSWORD=password,
            )
        self.keystone_database.chmod(0o600)
        # Last, because it tells that the database is complete.
        State(home).write_private(self.admin_password, password)
