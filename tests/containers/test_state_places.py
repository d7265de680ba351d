# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""State folders on the mover that cannot be written: read-only, or on a disk that is full.

It needs root to mount these disks, and no engine.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.dataset.client import Client
from tests.dataset.upload import Uploaded
from tests.integration.playbooks.controller import Controller, objects_in
from tests.integration.warm_python import WarmPython

DISKS = {
    "read-only": ("mode=0700,ro", "Read-only file system. Name a folder that this user can write"),
    "full": (
        "mode=0700,size=4k",
        "database or disk is full. Make room there, or name another folder",
    ),
}
"""How each disk is mounted, and what is said of it."""


@pytest.fixture(params=DISKS)
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A disk on which nothing can be written any more, and what is said of it."""
    folder = tmp_path / "disk"
    folder.mkdir()
    options, says = DISKS[request.param]
    subprocess.run(["mount", "-t", "tmpfs", "--options", options, "tmpfs", folder], check=True)
    if request.param == "full":
        (folder / "filled").write_bytes(bytes(4096))
    yield folder, says
    subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.mark.parametrize("how", [["--check"], []], ids=["check", "run"])
def test_a_disk_that_takes_no_state_is_told_with_a_way_out_before_the_first_object(
    how: list[str],
    disk: tuple[Path, str],
    container: str,
    controller: Controller,
    warm_python: WarmPython,
    fill: Callable[[int], Uploaded],
    destination_client: Client,
) -> None:
    fill(3)
    folder, says = disk
    controller.warmed(warm_python).given({"migrate_data_state_dir": f"{folder}/state"})
    run = controller.run(*how)
    assert run.status != 0, run.output
    [error] = run.errors
    assert re.match(rf"state_dir: cannot use {folder}/state\S*: {re.escape(says)}", error), error
    assert "\n" not in error
    assert objects_in(destination_client, f"{container}-new") == 0
