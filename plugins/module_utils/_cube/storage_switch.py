# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Switches CUBE's and pfcon's environment to the new storage and back, and reads which it is."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from .._errors import MigrationError
from .._file_replacement import ReplaceFile
from .deployment import Deployment, Environment
from .env_files import UNCLEAR, EnvFileChange, change, change_back
from .storage_in_use import is_in_network
from .switch_record import RecordFile, SwitchRecord

_TARGET = (
    "STORAGE_ENV",
    "DEFAULT_FILE_STORAGE",
    "S3_ENDPOINT_URL",
    "SWIFT_AUTH_URL",
    "S3_BUCKET_NAME",
    "SWIFT_CONTAINER_NAME",
)


@dataclass(frozen=True)
class Program:
    """CUBE or pfcon: the env files it reads, and the variables it is to get."""

    files: Sequence[Path]
    variables: Environment


@dataclass
class StorageSwitch:
    """Switches CUBE's environment to the new storage and back.

    :ivar names: all variables that have to do with storage.
    :ivar remove_unused: take the other backend's variables out of the env files.
    :ivar record_path: the file that holds the record of the switch.
    :ivar kept: how many copies of each env file are kept.
    :ivar write: puts content in a file's place.
    :ivar check_mode: write nothing.
    """

    deployment: Deployment | None
    cube: Program
    pfcon: Program
    names: Sequence[str]
    remove_unused: bool
    record_path: Path
    kept: int
    write: ReplaceFile
    check_mode: bool
    _keeping: dict[str, bool] = field(default_factory=dict)

    @property
    def _record(self) -> RecordFile:
        return RecordFile(self.record_path, [*self.cube.files, *self.pfcon.files])

    @property
    def target(self) -> str:
        wanted = self.cube.variables
        return " ".join(wanted[key] for key in _TARGET if key in wanted)

    @property
    def deployed(self) -> Deployment:
        """:raises MigrationError: it was not said how CUBE runs."""
        if self.deployment is None:
            raise MigrationError(
                "it is not said how CUBE runs",
                option="cube_storage_deployment",
                remedy="Choose compose, swarm, systemd or commands",
            )
        return self.deployment

    def refuse_read_only(self) -> None:
        """:raises MigrationError: a file or a line cannot be changed, or is another switch's."""
        changes = self.changes_to_new()
        for folder in {self.record_path.parent, *(each.path.parent for each in changes)}:
            if not os.access(folder, os.W_OK):
                raise MigrationError(
                    f"{folder} cannot be written to",
                    option="cube_storage_env_files",
                    remedy="Run this as a user who may, for example with become",
                )

    def wanted(self) -> dict[str, Environment]:
        """What each service is to get: nothing for a pfcon that keeps what it has."""
        pfcon = self.deployed.pfcon_services
        return {
            service: {}
            if self.keeps(service)
            else (self.pfcon if service in pfcon else self.cube).variables
            for service in self.deployed.services
        }

    def keeps(self, service: str) -> bool:
        """Whether the service keeps its environment.

        A pfcon that is not in-network stores nothing, and starts with no other backend than its own.
        """
        if service not in self.deployed.pfcon_services:
            return False
        if service not in self._keeping:
            self._keeping[service] = not is_in_network(self.deployed.configured(service))
        return self._keeping[service]

    def refuse_two_places(self) -> None:
        """Refuse a pfcon that is in-network when nothing that is read at a start says so.

        :raises MigrationError: once it is stopped, it would be taken for another kind.
        """
        running = self.deployed.running()
        for service in filter(self.keeps, self.deployed.pfcon_services):
            actual = self.deployed.actual_environments(service) if service in running else []
            if any(is_in_network(each) for each in actual):
                raise MigrationError(
                    f"{service} runs with PFCON_INNETWORK=true, which is not configured",
                    option="cube_storage_pfcon_env_files",
                    remedy="Write PFCON_INNETWORK=true where the other variables of pfcon are",
                )

    def changes_to_new(self) -> list[EnvFileChange]:
        """:raises MigrationError: a file or a line cannot be changed, or is another switch's."""
        self._record.load_of(self.target)
        found = []
        programs = [self.cube, *([] if self._all_pfcons_keep() else [self.pfcon])]
        for path in dict.fromkeys(path for program in programs for path in program.files):
            values: dict[str, str] = {}
            for program in programs:
                if path in program.files:
                    values.update(program.variables)
            unused = [name for name in self.names if name not in values]
            found.append(change(path, values, unused if self.remove_unused else ()))
        return found

    def switch_to_new(self) -> tuple[list[EnvFileChange], bool]:
        """Write the env files, and what they cannot change into the override.

        What was written before an error stays: :meth:`restore_old` undoes it.

        :returns: the changes, and whether the override was changed.
        :raises MigrationError: something cannot be written, or something else wins over it.
        """
        changes = self.changes_to_new()
        if any(c.changed for c in changes):
            self._remember(changes)
        self._write(changes)
        override = self._override(changes)
        if self.deployment is not None and not self.check_mode:
            self._confirm(self.deployment)
        return changes, override

    def restore_old(self) -> tuple[list[EnvFileChange], bool]:
        """Undo `switch_to_new`: the storage variables alone.

        :raises MigrationError: nothing tells what they were, or a copy is gone.
        """
        record = self._record.load()
        if record is None:
            if self.deployment is not None and self.configured() == "new":
                raise MigrationError(
                    "nothing tells what the environment was before the new storage",
                    option="cube_storage_memory",
                    remedy=f"Set the old variables by hand; {self.record_path} is missing",
                )
            return [], False
        changes = self._changes_to_old(record)
        self._write(changes)
        removed = self._remove_override()
        if not self.check_mode:
            self.record_path.unlink()
        return changes, removed

    def configured(self) -> str:
        """Which storage the services would get: ``new``, ``old`` or ``mixed``."""
        get = self.deployed.configured
        wanted = self.wanted()
        if any(wanted.values()) and all(holds(get(s), env) for s, env in wanted.items()):
            return "new"
        record = self._record.load()
        if record is None:
            return "old"
        path = self.deployed.override_path()
        restored = not any(c.changed for c in self._changes_to_old(record))
        return "old" if restored and not (path and path.exists()) else "mixed"

    def stale(self, service: str) -> list[str]:
        """The storage variables in which the running service differs from its configuration."""
        due = self.deployed.configured(service)
        names = dict.fromkeys((*self.names, *self.wanted()[service]))
        actual = self.deployed.actual_environments(service)
        return [
            name
            for name in names
            if due.get(name) != UNCLEAR and any(env.get(name) != due.get(name) for env in actual)
        ]

    def _all_pfcons_keep(self) -> bool:
        """Whether there are services of pfcon, and none of them stores anything itself."""
        services = self.deployment.pfcon_services if self.deployment is not None else []
        return bool(services) and all(self.keeps(service) for service in services)

    def _changes_to_old(self, record: SwitchRecord) -> list[EnvFileChange]:
        return [
            change_back(Path(path), Path(copy), record.names)
            for path, copy in record.copies.items()
        ]

    def _remember(self, changes: Iterable[EnvFileChange]) -> None:
        """Keep a copy of each file, and record which of them holds what was before the switch."""
        if self.check_mode:
            return
        names = {*self.names, *self.cube.variables, *self.pfcon.variables}
        contents = {each.path: each.before for each in changes}
        changed = {each.path for each in changes if each.changed}
        self._record.keep(self.target, names, contents, changed, write=self.write, kept=self.kept)

    def _write(self, changes: Iterable[EnvFileChange]) -> None:
        for each in changes:
            if each.changed and not self.check_mode:
                _hide(each)
                self.write(each.path, each.edit.content)

    def _override(self, changes: Sequence[EnvFileChange]) -> bool:
        path = self.deployment.override_path() if self.deployment is not None else None
        if self.deployment is None or path is None:
            return False
        content = self.deployment.override(self.wanted(), predict=self.check_mode)
        if not content:
            return self._remove_override()
        if path.exists() and path.read_bytes() == content:
            return False
        self._remember(changes)
        if not self.check_mode:
            self.write(path, content)
        return True

    def _remove_override(self) -> bool:
        path = self.deployment.override_path() if self.deployment is not None else None
        if path is None or not path.exists():
            return False
        if not self.check_mode:
            path.unlink()
        return True

    def _confirm(self, deployment: Deployment) -> None:
        """:raises MigrationError: something else than the files that were written wins."""
        for service, wanted in self.wanted().items():
            got = deployment.configured(service)
            other = [name for name, value in wanted.items() if got.get(name) != value]
            if other:
                raise MigrationError(
                    f"the service {service} would not get these variables: {', '.join(other)}",
                    option=deployment.option,
                    remedy="Name an env file that it reads, the last one if it reads several, "
                    "and look whether they are set elsewhere",
                )


def _hide(change: EnvFileChange) -> None:
    """Let no other user of the host read the file, before it gets secrets."""
    if change.private_mode is None:
        return
    try:
        change.path.chmod(change.private_mode)
    except OSError as error:
        raise MigrationError(
            f"every user of the host may read {change.path}, and its mode cannot be changed: "
            f"{error.strerror}",
            option="cube_storage_env_files",
            remedy="Run this as its owner or as root, for example with become",
        ) from None


def holds(environment: Environment, wanted: Mapping[str, str]) -> bool:
    """Does `environment` have each variable of `wanted`?"""
    return all(environment.get(name) == value for name, value in wanted.items())
