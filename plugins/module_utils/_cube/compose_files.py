# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The files of a Compose project: the user's, and an override of our own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .._errors import MigrationError
from .env_files import environment_of

MARK = b"# Written by fnndsc.swift_migration.cube_storage, which also removes it.\n"

# compose-go (cli/options.go) looks for these names, in this order.
_BASES = ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")
_OVERRIDES = (
    "compose.override.yml",
    "compose.override.yaml",
    "docker-compose.override.yml",
    "docker-compose.override.yaml",
)
EXTRA = "compose.cube-storage.yml"
"""The override where the names that Compose loads by itself are taken."""


@dataclass(frozen=True)
class ComposeFiles:
    """The files of a Compose project.

    :ivar directory: the project's folder.
    :ivar configured_files: the user's files, if the user names them.
    :ivar option: what the user gave to describe the deployment.
    """

    directory: Path
    configured_files: Sequence[Path]
    option: str

    def refuse_other_files(self) -> None:
        """:raises MigrationError: the project's env file names files that the user does not."""
        if self.configured_files:
            return
        try:
            files = environment_of([self.directory / ".env"]).get("COMPOSE_FILE")
        except MigrationError:
            return
        if files:
            raise MigrationError(
                f"the .env file of the project has COMPOSE_FILE={files}",
                option=f"{self.option}.files",
                remedy="Name these files here, in this order",
            )

    def bases(self) -> list[Path]:
        """The user's files: those named, or those that Compose finds.

        :raises MigrationError: there is none.
        """
        if self.configured_files:
            return [self.directory / path for path in self.configured_files]
        found = [self.directory / name for name in _BASES if (self.directory / name).is_file()]
        if not found:
            raise MigrationError(
                f"{self.directory} has no compose file",
                option=f"{self.option}.directory",
                remedy=f"Name the folder of {_BASES[0]}, or the files in {self.option}.files",
            )
        overrides = [self.directory / name for name in _OVERRIDES]
        theirs = [path for path in overrides if path.is_file() and not _is_ours(path)]
        return [*found[:1], *theirs[:1]]

    def present(self) -> list[Path]:
        """The user's files, and ours if it is there."""
        ours = self.override_path()
        return [*self.bases(), *([ours] if ours.exists() else [])]

    def override_path(self) -> Path:
        """The override: where it is, or would be."""
        ours = [self.directory / name for name in (*_OVERRIDES, EXTRA)]
        for path in ours:
            if _is_ours(path):
                return path
        if self.configured_files or any((self.directory / name).exists() for name in _OVERRIDES):
            return self.directory / EXTRA
        prefix = "docker-" if self.bases()[0].name.startswith("docker-") else ""
        return self.directory / f"{prefix}compose.override.yml"


def _is_ours(path: Path) -> bool:
    return path.is_file() and path.read_bytes().startswith(MARK)
