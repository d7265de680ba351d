# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The mover's environment on disks that are full or run nothing, and where there is no index.

It needs root to mount them, and no engine.
"""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.playbooks.road import roads
from tests.integration.played_role import PlayedRole
from tests.servers.virtual_environment import ROOT

PLACES = {
    "full": "size=256k",
    "almost full": "size=24m",
    "full later": "size=40m",
    "noexec": "size=200m,noexec",
    "good": "",
}
"""How each file system is mounted; what is made there takes some 60 MB."""
SAYS = {
    "full": "OSError: [Errno 28] No space left on device. Make room there, or name another folder",
    "almost full": "No space left on device",
    "full later": "No space left on device",
    "noexec": "do not load: ",
}


@pytest.fixture
def places(tmp_path: Path) -> Iterator[dict[str, Path]]:
    """A folder on each file system."""
    mounted: dict[str, Path] = {}
    try:
        for name, options in PLACES.items():
            folder = tmp_path / name.replace(" ", "-")
            folder.mkdir()
            how = ["--options", options] if options else []
            subprocess.run(["mount", "-t", "tmpfs", *how, "tmpfs", folder], check=True)
            mounted[name] = folder
        yield mounted
    finally:
        for folder in mounted.values():
            subprocess.run(["umount", "--lazy", folder], check=True)


def test_disks_that_will_not_do_are_told_in_one_line_and_no_index_is_needed(
    places: dict[str, Path], tmp_path: Path
) -> None:
    home = tmp_path / "home"
    download, _copy = roads("roles/mover/README.md")["wheels"]
    python, *words = shlex.split(download.replace("~", str(home)))
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    words = [version if word == "3.11" else word for word in words]
    assert python == "python3"
    subprocess.run([sys.executable, *words, "--quiet"], cwd=ROOT, check=True)

    index = ["--no-index", f"--find-links={home}/wheels"]
    mover = PlayedRole(
        tmp_path / "played", "mover", mover_python=sys.executable, mover_pip_extra_args=index
    )
    hosts = {name: {"mover_venv": str(folder / "venv")} for name, folder in places.items()}
    played = mover.play({name.replace(" ", "-"): each for name, each in hosts.items()})
    assert played.failed == {name.replace(" ", "-") for name in SAYS}, played.output
    errors = dict(
        re.findall(
            r"^fatal: \[(\S+)\]: FAILED! => .*\"msg\": \"(mover_venv: .*)\"", played.output, re.M
        )
    )
    for name, part in SAYS.items():
        error = errors[name.replace(" ", "-")]
        assert part in error
        assert "\n" not in error
        assert "index" not in error
