# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The application deployed as people deploy CUBE: the shapes of the files that they have."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.containers.application import Application
from tests.containers.composed import Composed
from tests.containers.engine import Engine, mounts
from tests.cube import env_file
from tests.servers.virtual_environment import ROOT

SHAPES = Path(__file__).parent / "shapes"
OF_THE_IMAGE = ("PATH", "PYTHONPATH", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE", "LC_ALL")


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
            },
            "cube_storage_env_files": [str(self.folder / "secrets.env"), str(self.env_file)],
            "cube_storage_health_url": self.url,
        }


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
