# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What Docker Compose makes of a project's files, with the environment that Ansible gives it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .._errors import MigrationError
from .command import ANSWER_SECONDS, CommandRunner
from .env_files import environment_of
from .interpolation import known_to, missing, remedy, unset


@dataclass
class ComposeRendering:
    """What Compose makes of a project's files.

    :ivar argv: Compose's command, with its options.
    :ivar env_files: files that services read; when one is written, all is asked again.
    """

    directory: Path
    argv: Sequence[str]
    env_files: Iterable[Path]
    option: str
    runner: CommandRunner
    _read: dict[tuple[object, ...], dict[str, Any]] = field(default_factory=dict)

    def run(self, *words: str, timeout: float = ANSWER_SECONDS) -> str:
        """What Compose prints when it is called with `words`.

        :param timeout: seconds.
        :raises MigrationError: it fails; names the variables that it misses.
        """
        argv = [*self.argv, "--project-directory", str(self.directory), *words]
        try:
            return self.runner.run(
                argv, option=self.option, cwd=self.directory, timeout=timeout
            ).stdout
        except MigrationError as error:
            names = missing(error.message)
            if not names:
                raise
            raise MigrationError(
                error.message, option=error.option, remedy=self.remedy(names)
            ) from None

    def config(self, files: Sequence[Path], *options: str) -> dict[str, Any]:
        """The model of `files`, asked again when one of them or an env file is new.

        :param options: more of Compose's own, such as a profile.
        """
        everything = {*files, *self.env_files}
        states = sorted((str(p), p.stat().st_ino, p.stat().st_mtime_ns) for p in everything)
        key = (tuple(files), options, *states)
        if key not in self._read:
            self._read[key] = json.loads(
                self.run(*named(files), *options, "config", "--format", "json")
            )
        return self._read[key]

    def hashes(self, files: Sequence[Path]) -> dict[str, str]:
        """For each service the hash of its settings, as a container has it in a label."""
        lines = self.run(*named(files), "config", "--hash", "*").splitlines()
        return dict(line.split() for line in lines if line.strip())

    def unset(self, files: Sequence[Path]) -> list[str]:
        """The variables that files mention and that nothing sets.

        Neither the environment does, nor the project's env file, nor the command.
        """
        argv = list(self.argv)
        known = known_to(argv, os.environ)
        given = [self.directory / argv[i + 1] for i, w in enumerate(argv) if w == "--env-file"]
        known |= set(environment_of(p for p in given or [self.directory / ".env"] if p.is_file()))
        return unset((path.read_text(errors="replace") for path in files), known)

    def remedy(self, names: Iterable[str]) -> str:
        """Where variables that are not set can be put."""
        return remedy(
            list(names),
            f"Put them into {self.directory / '.env'}, which Compose reads, or into "
            f"{self.option}.command: [env, NAME=VALUE, docker, compose]",
        )


def named(files: Iterable[Path]) -> list[str]:
    """Compose's options for these files."""
    return [word for path in files for word in ("--file", str(path))]
