# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What tests ask of the application, however it is deployed."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol


class Deployed(Protocol):
    """The application in CUBE's place."""

    @property
    def url(self) -> str:
        """Where the API is, for example ``http://127.0.0.1:8000/api/v1/``."""

    @property
    def env_file(self) -> Path:
        """What CUBE's services read."""

    @property
    def ledger(self) -> Path:
        """What the API has acknowledged."""

    @property
    def pfcon_ledger(self) -> Path:
        """What the storage has acknowledged to pfcon's jobs."""

    @property
    def starts(self) -> Sequence[str]:
        """What tells what runs now from what another start brings."""

    def status(self) -> Mapping[str, bool]:
        """Return which services run."""

    def environment(self) -> Mapping[str, str]:
        """Return the environment that the API's process really has."""

    def run(
        self, arguments: Sequence[str], *, stdin: int | None = None, stdout: int | None = None
    ) -> subprocess.Popen[bytes]:
        """Run Python with these arguments in the place of the API's service.

        :param stdin: as with :class:`subprocess.Popen`, and ``stdout`` likewise.
        """
