# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The application deployed as people deploy CUBE: the shapes of the files that they have."""

from __future__ import annotations

import contextlib
import json
import re
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

from tests.containers.application import Application
from tests.containers.composed import Composed
from tests.containers.engine import Engine, mounts
from tests.containers.stack import Stack
from tests.cube import env_file, logins
from tests.cube.deployed import Deployed
from tests.servers.virtual_environment import ROOT

SHAPES = Path(__file__).parent / "shapes"
OF_THE_IMAGE = ("PATH", "PYTHONPATH", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE", "LC_ALL")
FAULT = "fault"
"""A file in the deployment's folder with what the shell does before each call of Docker."""


def failing(arguments: str) -> str:
    """What a `FAULT` has to be: after such arguments Docker fails, though it has done its work.

    :param arguments: a regular expression.
    """
    return _where(arguments, 'docker "$@"; echo "it fails on purpose" >&2; exit 1')


def interrupted(arguments: str, command: str, *, seconds: float = 0.5) -> str:
    """What a `FAULT` has to be: the shell runs a command in the middle of such a call, once.

    :param arguments: a regular expression.
    :param seconds: from the begin of the call.
    """
    call = f'rm "$fault"; docker "$@" & call=$!; sleep {seconds}'
    return _where(arguments, f"{call}; {command}; wait $call; exit $?")


def _where(arguments: str, commands: str) -> str:
    return f'if printf "%s" "$*" | grep -qE {shlex.quote(arguments)}; then {commands}; fi\n'


class Shaped(Deployed, Protocol):
    """A deployment that the role can be told of.

    :ivar engine: where it runs.
    :ivar exported: what its owner has exported.
    """

    engine: Engine
    folder: Path
    exported: dict[str, str]

    @property
    def described(self) -> dict[str, Any]:
        """What the role cube_storage is told of it."""

    @property
    def bystanders(self) -> Mapping[str, str]:
        """The containers of the services that have nothing to do with CUBE's files."""


class MiniChris(Composed):
    """miniChRIS: two env files, the second one a link into another folder."""

    def __init__(self, engine: Engine, application: Application, old: Mapping[str, str]) -> None:
        folder = application.folder
        exported = {
            **_commands(application),
            "CUBE_IMAGE": _image(engine, application, "cube:7"),
            "BASE": str(folder),
            "SWIFT_AUTH_URL": old["SWIFT_AUTH_URL"],
            "SITE": "bch",
            "TOKEN": "t0ken-of-the-shell",
        }
        writers = ["chris", "worker", "pfcon"]
        super().__init__(engine, application, folder / "site.env", writers, exported)
        _write("minichris.yml", folder / "docker-compose.yml")
        env_file.write(folder / ".env", {"TAG": "7", **_of_swift(old)})
        # What this one has of the storage is outdated: the second one counts.
        outdated = {"SWIFT_CONTAINER_NAME": "users", "SWIFT_KEY": old["SWIFT_KEY"]}
        env_file.write(folder / "secrets.env", {"DJANGO_SECRET_KEY": "django", **outdated})
        (folder / "etc").mkdir()
        env_file.write(folder / "etc" / "site.env", old)
        self.env_file.symlink_to("etc/site.env")

    def add(self, shape: str, file: str) -> None:
        """Write another file of the project."""
        _write(shape, self.folder / file)

    @property
    def described(self) -> dict[str, Any]:
        return {
            "cube_storage_deployment": "compose",
            "cube_storage_compose": {
                "directory": str(self.folder),
                "command": [_docker(self.folder), "compose"],
            },
            "cube_storage_env_files": [str(self.folder / "secrets.env"), str(self.env_file)],
            "cube_storage_health_url": self.url,
        }

    @property
    def bystanders(self) -> Mapping[str, str]:
        return {service: self.container(service) for service in ("chris_db", "queue")}


class CubeItself(Composed):
    """CUBE's own files: no env file, a profile, and one more file for the storage."""

    def __init__(self, engine: Engine, application: Application, old: Mapping[str, str]) -> None:
        folder = application.folder
        exported = {
            **_commands(application),
            **_of_swift(old),
            "CUBE_IMAGE": f"{_image(engine, application, 'localhost/fnndsc/cube:dev')}:dev",
            "BASE": str(folder),
            "DJANGO_SECRET_KEY": "django",
            **dict.fromkeys(("UID", "GID"), "0"),
        }
        self.files = ["docker-compose.yml", "docker-compose_swift.yml"]
        options = ["--profile", "cube", *(w for file in self.files for w in ("--file", file))]
        writers = ["chris", "worker-mains", "pfcon"]
        super().__init__(engine, application, folder / "none.env", writers, exported, options)
        for name, file in zip(("cube.yml", "cube-swift.yml"), self.files, strict=True):
            _write(name, folder / file)

    @property
    def described(self) -> dict[str, Any]:
        return {
            "cube_storage_deployment": "compose",
            "cube_storage_compose": {
                "directory": str(self.folder),
                "files": self.files,
                "services": ["chris", "worker-mains", "worker-periodic", "celery-scheduler"],
                "one_shot_services": [],
                "command": [_docker(self.folder), "compose", "--profile", "cube"],
            },
            "cube_storage_health_url": self.url,
        }

    @property
    def bystanders(self) -> Mapping[str, str]:
        return {service: self.container(service) for service in ("db", "rabbitmq")}


class Production(Stack):
    """The Swarm layout of 2023: three env files, which the old Swift and the store read, too.

    So the role is told of none.
    """

    def _write(
        self, application: Application, old: Mapping[str, str], pfcon: Mapping[str, str]
    ) -> dict[str, str]:
        _image(self.engine, application, "fnndsc/chris:latest")
        _write("swarm.yml", self.file)
        secrets = self.folder / "secrets"
        secrets.mkdir()
        self.env_file = secrets / ".swift_service.env"
        django = {"DJANGO_SECRET_KEY": "django", "DJANGO_ALLOWED_HOSTS": "*"}
        ledger = {"PFCON_LEDGER": str(application.pfcon_ledger)}
        address = {name: value for name, value in old.items() if name != "SWIFT_AUTH_URL"}
        env_file.write(secrets / ".chris.env", django)
        env_file.write(secrets / ".chris_db.env", {"POSTGRES_DB": "chris"})
        env_file.write(self.env_file, {"SWIFT_AUTH_URL": "http://nobody:1/", **address})
        env_file.write(secrets / ".pfcon.env", {**ledger, **pfcon})
        return {
            **_commands(application),
            "STOREBASE": str(self.folder),
            "SWIFT": old["SWIFT_AUTH_URL"],
            "SITE": "bch",
        }

    @property
    def described(self) -> dict[str, Any]:
        return {
            "cube_storage_deployment": "swarm",
            "cube_storage_swarm": {
                "stack": self.name,
                "files": [str(self.file)],
                "command": [_docker(self.folder)],
            },
            "cube_storage_health_url": self.url,
        }

    @property
    def bystanders(self) -> Mapping[str, str]:
        names = ("chris_db", "chris_store", "swift_service", "pman")
        return {name: " ".join(self.containers(name)) for name in names}


@contextlib.contextmanager
def running(shape: str, engine: Engine, folder: Path, old: dict[str, str]) -> Iterator[Shaped]:
    """The application on the old storage, running.

    :param shape: ``minichris``, ``cube`` or ``swarm``.
    """
    if shape == "swarm":
        stack = Production(engine, folder, old, logins.pfcon(old))
        try:
            yield stack
        finally:
            stack.destroy()
    else:
        kind = MiniChris if shape == "minichris" else CubeItself
        with kind(engine, Application.at(folder), old) as composed:
            yield composed


def _image(engine: Engine, application: Application, name: str) -> str:
    """Make the application's image, with the variables that CUBE's has; its name without tag."""
    names = (*OF_THE_IMAGE, "DJANGO_SETTINGS_MODULE")
    engine.make_image(name, {key: application.variables[key] for key in names})
    return name.rpartition(":")[0]


def _commands(application: Application) -> dict[str, str]:
    return {
        "MIGRATE": application.migrate,
        "SERVE": application.serve,
        "WORK": application.worker,
        "PFCON": application.pfcon,
    }


def _of_swift(old: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in old.items() if name.startswith("SWIFT_")}


def _write(shape: str, path: Path) -> None:
    """Write the file of a shape, with what stands for the content of an image."""
    text = (SHAPES / shape).read_text()
    listed = [json.dumps(each) for each in mounts(ROOT)]
    text = re.sub(
        r"^( +- )MOUNTS$",
        lambda found: "\n".join(found[1] + each for each in listed),
        text,
        flags=re.MULTILINE,
    )
    path.write_text(text.replace("MOUNTS", ", ".join(listed)))


def _docker(folder: Path) -> str:
    """A program that is docker, but for what the file `FAULT` says."""
    program, fault = folder / "docker", shlex.quote(str(folder / FAULT))
    program.write_text(
        f'#!/bin/sh\nfault={fault}\nif [ -e "$fault" ]; then . "$fault"; fi\nexec docker "$@"\n'
    )
    program.chmod(0o755)
    return str(program)
