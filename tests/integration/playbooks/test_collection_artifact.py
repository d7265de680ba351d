# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The collection as a user installs it: built from the tracked files, away from the checkout."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.dataset.upload import Uploaded
from tests.dataset.verify import Verification
from tests.integration.playbooks.controller import ROOT, Controller
from tests.integration.playbooks.road import roads

BUILD, LEAVE, INSTALL, PLAY = roads("README.md")["collection"]
PARTS = {
    "CHANGELOG.md",
    "COPYING",
    "FILES.json",
    "MANIFEST.json",
    "README.md",
    "SECURITY.md",
    "changelogs",
    "docs",
    "inventories",
    "meta",
    "playbooks",
    "plugins",
    "requirements",
    "roles",
}
STRAY = (
    ".ansible/galaxy_token",
    ".cache/demo/creds/lab.json",
    "fnndsc-swift_migration-0.0.1.tar.gz",
    "inventories/mine/app-cred-migrate-openrc.sh",
    "inventories/mine/clouds.yaml",
    "inventories/mine/vault-password",
)
OBJECTS = 60


def command(home: Path, typed: str, cwd: Path) -> str:
    """Run a command as somebody with an empty home, and return what it printed."""
    done = subprocess.run(
        ["/bin/sh", "-c", typed],
        cwd=cwd,
        env={
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "LANG": "C.UTF-8",
            "HOME": str(home),
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True
    )
    return [Path(name) for name in listed.stdout.split("\0") if name]


@pytest.fixture(scope="module")
def user(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of a user who has installed the collection and nothing else of it."""
    home = tmp_path_factory.mktemp("user")
    tree = home / "tree"
    for path in tracked():
        if (ROOT / path).is_file():
            (tree / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / path, tree / path)
    for name in STRAY:
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text("a secret\n")
    command(home, BUILD, cwd=tree)
    command(home, f"{LEAVE} && {INSTALL}", cwd=tree)
    shutil.rmtree(tree)
    return home


def artifact(home: Path) -> Path:
    [found] = (home / "artifact").glob("fnndsc-swift_migration-*.tar.gz")
    return found


def installed(home: Path) -> Path:
    return home / ".ansible" / "collections" / "ansible_collections" / "fnndsc" / "swift_migration"


def test_the_artifact_holds_what_a_user_needs_and_nothing_else(user: Path) -> None:
    with tarfile.open(artifact(user)) as tar:
        names = {member.name for member in tar.getmembers() if member.isfile()}
    assert {name.split("/")[0] for name in names} <= PARTS
    assert names.isdisjoint(STRAY)
    assert {
        "README.md",
        "COPYING",
        "meta/runtime.yml",
        "playbooks/migrate.yml",
        "plugins/module_utils/_transport/bounded_executor.py",
        "plugins/modules/swift_sync.py",
        "requirements/constraints.txt",
        "requirements/gateway.lock",
        "requirements/mover.cdx.json",
        "requirements/mover.lock",
        "requirements/mover.txt",
    } <= names


def test_every_module_and_role_is_documented_once_installed(user: Path) -> None:
    names = plugin_names("modules")
    modules = json.loads(command(user, f"ansible-doc --json {' '.join(names)}", cwd=user))
    assert modules.keys() == set(names)
    for documented in modules.values():
        assert Path(documented["doc"]["filename"]).is_relative_to(installed(user))
        assert documented["examples"]
        assert documented["return"]
    listed = command(user, "ansible-doc --json -t role -l", cwd=user)
    roles = {path.name for path in (installed(user) / "roles").iterdir()}
    assert {f"fnndsc.swift_migration.{role}" for role in roles} == json.loads(listed).keys()


def plugin_names(kind: str) -> list[str]:
    """Return the full names of the tracked plugins of one kind."""
    paths = [path for path in tracked() if path.parent == Path("plugins", kind)]
    return [f"fnndsc.swift_migration.{path.stem}" for path in paths if path.stem != "__init__"]


def test_the_installed_playbook_migrates_a_container(
    user: Path,
    controller: Controller,
    fill: Callable[[int], Uploaded],
    compare: Callable[[], Verification],
    tmp_path: Path,
) -> None:
    fill(OBJECTS)
    controller.environment["ANSIBLE_COLLECTIONS_PATH"] = str(user / ".ansible" / "collections")
    run = controller.run(
        playbook=shlex.split(PLAY)[-1],
        inventory=installed(user) / "inventories" / "demo",
        directory=tmp_path,
    )
    assert run.status == 0, run.output
    assert run.changed > 0
    assert str(ROOT / "plugins") not in run.output
    compared = compare()
    assert (compared.objects, compared.differences) == (OBJECTS, [])
