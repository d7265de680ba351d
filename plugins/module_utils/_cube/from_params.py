# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What the modules' parameters describe: how CUBE runs, and what its storage is.

The parameters are documented in the ``cube`` documentation fragment.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from .._errors import MigrationError
from .._file_replacement import ReplaceFile
from .._own_file import ForeignFileError, followed
from .command import BECOME, CommandRunner, LocalCommandRunner
from .commands_deployment import CommandsDeployment
from .compose import Compose
from .database import PSQL, SERVICE
from .deployment import Deployment
from .env_files import environment_of
from .storage_switch import Program, StorageSwitch
from .swarm import Swarm
from .systemd import Systemd

JOB_FILTERS = ["label=org.chrisproject.miniChRIS=plugininstance", "name=chris-jid-"]
"""What miniChRIS has pfcon label its jobs with; how CUBE names them, in a Swarm, too."""

_SHORT = 8
"""Characters from which on a value is hidden whatever its variable is called."""

Settings = Mapping[str, Any]


KINDS = ("compose", "swarm", "systemd", "commands")
"""The ways in which CUBE may run."""


def storage_switch(
    params: Mapping[str, Any],
    replace_file: ReplaceFile,
    *,
    check_mode: bool,
    remove_unused: bool = False,
    kept: int = 1,
) -> StorageSwitch:
    """What the parameters describe.

    :param params: ``variables`` and ``pfcon_variables`` hold text.
    :param check_mode: write nothing.
    :param remove_unused: take the variables of the other backend out of the env files.
    :param kept: how many copies of each env file are kept.
    :raises MigrationError: an option is missing or has a value that cannot be right.
    """
    cube, pfcon = (
        Program(
            [_followed(path, f"cube_storage_{of}env_files") for path in params[f"{of}env_files"]],
            params[f"{of}variables"],
        )
        for of in ("", "pfcon_")
    )
    _refuse_missing(cube, "cube_storage_env_files")
    _refuse_missing(pfcon, "cube_storage_pfcon_env_files")
    runner = LocalCommandRunner(secrets=[*_secrets(cube), *_secrets(pfcon)])
    kind = params["deployment"]
    deployment = _MAKE[kind](params["settings"], cube, pfcon, runner) if kind else None
    files = [*cube.files, *pfcon.files]
    memory = params["memory"] or _beside(files, params["settings"])
    return StorageSwitch(
        deployment=deployment,
        cube=cube,
        pfcon=pfcon,
        names=params["names"],
        remove_unused=remove_unused,
        record_path=Path(memory),
        kept=kept,
        write=replace_file,
        check_mode=check_mode,
    )


def _followed(path: str, option: str) -> Path:
    """The env file; see :func:`_own_file.followed`.

    :param option: the role's variable, for the message.
    """
    try:
        return followed(path)
    except ForeignFileError as error:
        raise MigrationError(
            f"{error.filename}: {error.strerror}",
            option=option,
            remedy="Name the file itself, if it is the right one",
        ) from None


def _refuse_missing(program: Program, option: str) -> None:
    """:raises MigrationError: an env file cannot be seen, naming the role's variable."""
    for path in program.files:
        try:
            path.stat()
        except FileNotFoundError:
            raise MigrationError(
                f"{path} does not exist",
                option=option,
                remedy="Name env files that the services read",
            ) from None
        except OSError as error:
            raise MigrationError(
                f"cannot look at {path}: {error.strerror}", option=option, remedy=BECOME
            ) from None


def _secrets(program: Program) -> Iterator[str]:
    """The values, old and new, that a failing program may name and nobody may read."""
    environments = [program.variables]
    for path in program.files:
        with contextlib.suppress(MigrationError):  # it is told where the file is needed
            environments.append(environment_of([path]))
    for environment in environments:
        for name, value in environment.items():
            # Any value may hold a secret, as a URL does; short ones are words of every message.
            named = any(word in name for word in ("KEY", "SECRET", "PASSWORD", "TOKEN"))
            if named or len(value) >= _SHORT:
                yield value


def _beside(files: Sequence[Path], settings: Settings) -> str:
    named = [*files, *(Path(path) for path in _list(settings, "files", []))]
    folder = settings.get("directory") or next((str(path.parent) for path in named), None)
    if not folder:
        raise MigrationError(
            "there is no env file beside which the switch could be remembered",
            option="cube_storage_memory",
            remedy="Name a file for that",
        )
    return f"{folder}/cube-storage.json"


def _compose(settings: Settings, cube: Program, pfcon: Program, runner: CommandRunner) -> Compose:
    option = "cube_storage_compose"
    services = _list(settings, "services", ["chris", "worker", "worker_periodic", "scheduler"])
    one_shots = _list(settings, "one_shot_services", ["db_migrate"])
    pfcon_services = _list(settings, "pfcon_services", ["pfcon"])
    return Compose(
        directory=_folder(settings, option),
        configured_files=[Path(path) for path in _list(settings, "files", [])],
        services=[*services, *pfcon_services],
        pfcon_services=pfcon_services,
        one_shots=one_shots,
        files=_read_by([*services, *one_shots], cube, pfcon_services, pfcon),
        argv=_list(settings, "command", ["docker", "compose"]),
        job_filters=_list(settings, "jobs", JOB_FILTERS),
        python=str(settings.get("python") or "python3"),
        runner=runner,
        update=bool(settings.get("update")),
        database_service=str(settings.get("database_service") or SERVICE),
        database_command=str(settings.get("database") or PSQL),
    )


def _commands(
    settings: Settings, cube: Program, pfcon: Program, runner: CommandRunner
) -> CommandsDeployment:
    option = "cube_storage_commands"
    needed = {
        key: str(_required(settings, option, key))
        for key in ("stop", "start", "running", "environment", "run")
    }
    services = _list(settings, "services", ["cube"])
    pfcon_services = _list(settings, "pfcon_services", [])
    return CommandsDeployment(
        services=[*services, *pfcon_services],
        pfcon_services=pfcon_services,
        files=_read_by(services, cube, pfcon_services, pfcon),
        jobs_command=str(settings.get("jobs") or ""),
        database_command=str(settings.get("database") or ""),
        runner=runner,
        **{f"{key}_command": value for key, value in needed.items()},
    )


def _swarm(settings: Settings, cube: Program, pfcon: Program, runner: CommandRunner) -> Swarm:
    option = "cube_storage_swarm"
    stack = str(_required(settings, option, "stack"))
    _required(settings, option, "files")
    services = _list(settings, "services", ["chris", "worker", "worker_periodic", "scheduler"])
    pfcon_services = _list(settings, "pfcon_services", ["pfcon"])
    return Swarm(
        stack=stack,
        configured_files=[Path(path) for path in _list(settings, "files", [])],
        services=[*services, *pfcon_services],
        pfcon_services=pfcon_services,
        docker=_list(settings, "command", ["docker"]),
        job_filters=_list(settings, "jobs", JOB_FILTERS),
        python=str(settings.get("python") or "python3"),
        runner=runner,
        update=bool(settings.get("update")),
        database_service=str(settings.get("database_service") or SERVICE),
        database_command=str(settings.get("database") or PSQL),
    )


def _systemd(settings: Settings, cube: Program, pfcon: Program, runner: CommandRunner) -> Systemd:
    _required(settings, "cube_storage_systemd", "units")
    units = _list(settings, "units", [])
    pfcon_units = _list(settings, "pfcon_units", [])
    return Systemd(
        services=[*units, *pfcon_units],
        pfcon_services=pfcon_units,
        files=_read_by(units, cube, pfcon_units, pfcon),
        wanted={
            **dict.fromkeys(units, tuple(cube.variables)),
            **dict.fromkeys(pfcon_units, tuple(pfcon.variables)),
        },
        python=settings.get("python"),
        jobs_command=str(settings.get("jobs") or ""),
        database_command=str(settings.get("database") or ""),
        runner=runner,
    )


def _read_by(
    services: Sequence[str], cube: Program, pfcon_services: Sequence[str], pfcon: Program
) -> dict[str, Sequence[Path]]:
    """The env files of each service."""
    return {**dict.fromkeys(services, cube.files), **dict.fromkeys(pfcon_services, pfcon.files)}


def _folder(settings: Settings, option: str) -> Path:
    path = Path(str(_required(settings, option, "directory")))
    if not path.is_dir():
        raise MigrationError(f"there is no folder {path}", option=f"{option}.directory")
    return path


def _required(settings: Settings, option: str, key: str) -> Any:
    if not settings.get(key):
        raise MigrationError("a value is missing", option=f"{option}.{key}", remedy="Set it")
    return settings[key]


def _list(settings: Settings, key: str, default: list[str]) -> list[str]:
    return [str(each) for each in (settings.get(key) if key in settings else default) or []]


_MAKE: dict[str, Callable[[Settings, Program, Program, CommandRunner], Deployment]] = dict(
    zip(KINDS, (_compose, _swarm, _systemd, _commands), strict=True)
)
