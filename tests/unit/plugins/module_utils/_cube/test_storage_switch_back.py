# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The way back of a switch: what it restores, and which records of a switch it trusts."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.storage_switch import (
    Program,
    StorageSwitch,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError

from tests.unit.plugins.module_utils.fakes.deployed import NEW, Deployed, Switch


def test_nothing_is_restored_that_was_never_switched(switch: Switch) -> None:
    assert switch().restore_old() == ([], False)


def test_a_record_that_cannot_be_read_is_an_error(switch: Switch) -> None:
    switch().record_path.write_text("{}")
    with pytest.raises(MigrationError, match=r"^cube_storage_memory: cannot read "):
        switch().switch_to_new()


def test_the_way_back_is_forgotten_when_it_is_done(switch: Switch, deployed: Deployed) -> None:
    made = switch()
    made.switch_to_new()
    changes, override = made.restore_old()
    assert ([each.changed for each in changes], override) == ([True], False)
    assert not made.record_path.exists()
    # What a person sets afterwards is not taken back again.
    deployed.path.write_text("STORAGE_ENV=other\n")
    assert made.restore_old() == ([], False)
    assert deployed.path.read_text() == "STORAGE_ENV=other\n"


def test_check_mode_of_the_way_back_writes_nothing(switch: Switch, deployed: Deployed) -> None:
    deployed.wins = {"STORAGE_ENV": "swift"}
    switch().switch_to_new()
    before = {path: path.read_bytes() for path in deployed.path.parent.iterdir()}
    changes, override = switch(check_mode=True).restore_old()
    assert ([each.changed for each in changes], override) == ([True], True)
    assert {path: path.read_bytes() for path in deployed.path.parent.iterdir()} == before


def test_an_override_that_is_left_over_is_mixed(switch: Switch, deployed: Deployed) -> None:
    old = deployed.path.read_bytes()
    deployed.wins = {"STORAGE_ENV": "swift"}
    switch().switch_to_new()
    deployed.path.write_bytes(old)
    assert switch().configured() == "mixed"
    deployed.override_path().unlink()
    assert switch().configured() == "old"


def test_an_env_file_that_was_not_put_back_is_mixed(switch: Switch, deployed: Deployed) -> None:
    switch().switch_to_new()
    deployed.path.write_text("STORAGE_ENV=s3\nSWIFT_KEY=0ld\n")
    assert switch().configured() == "mixed"


def test_a_file_that_is_right_already_can_still_go_back(
    switch: Switch, deployed: Deployed, tmp_path: Path
) -> None:
    right = tmp_path / "right.env"
    right.write_text("".join(f"{name}={value}\n" for name, value in NEW.items()))
    switch(cube=Program([deployed.path, right], NEW)).switch_to_new()
    right.write_text("STORAGE_ENV=s3\n")
    switch(cube=Program([deployed.path, right], NEW)).restore_old()
    assert right.read_text().splitlines() == [f"{name}={value}" for name, value in NEW.items()]


def test_a_way_back_that_nobody_remembers_is_told_with_its_file(switch: Switch) -> None:
    made = switch()
    made.switch_to_new()
    made.record_path.unlink()
    with pytest.raises(MigrationError) as caught:
        made.restore_old()
    assert str(caught.value) == (
        "cube_storage_memory: nothing tells what the environment was before the new storage. "
        f"Set the old variables by hand; {made.record_path} is missing."
    )


@pytest.fixture
def planted(switch: Switch, deployed: Deployed, tmp_path: Path) -> Path:
    """A file that is none of the env files, after a switch; and a copy beside it."""
    switch().switch_to_new()
    folder = tmp_path / "etc"
    folder.mkdir()
    (folder / "environment.20260101T000000Z.bak").write_text("LD_PRELOAD=/home/cube/evil.so\n")
    path = folder / "environment"
    path.write_text("LANG=C\n")
    return path


def plant(made: StorageSwitch, path: Path, copy: Path) -> None:
    content = {"target": "s3 new", "copies": {str(path): str(copy)}, "names": ["LD_PRELOAD"]}
    made.record_path.write_text(json.dumps(content))


def test_a_record_that_names_another_file_changes_none(switch: Switch, planted: Path) -> None:
    made = switch()
    plant(made, planted, planted.with_name("environment.20260101T000000Z.bak"))
    for step in (made.restore_old, made.switch_to_new, made.changes_to_new):
        with pytest.raises(MigrationError, match="which is none of the env files"):
            step()
    assert planted.read_text() == "LANG=C\n"
    assert len([*planted.parent.iterdir()]) == 2


@pytest.mark.parametrize("place", ["elsewhere", "name", "up"])
def test_a_record_that_names_another_copy_changes_nothing(
    switch: Switch, deployed: Deployed, planted: Path, place: str
) -> None:
    made = switch()
    copy = {
        "elsewhere": planted.with_name(f"{deployed.path.name}.20260101T000000Z.bak"),
        "name": deployed.path.with_name("evil"),
        "up": deployed.path.parent / "x" / ".." / f"{deployed.path.name}.20260101T000000Z.bak",
    }[place]
    plant(made, deployed.path, copy)
    before = deployed.path.read_bytes()
    with pytest.raises(MigrationError, match="beside which it is not"):
        made.restore_old()
    assert deployed.path.read_bytes() == before


def test_a_record_that_is_a_link_is_not_read(switch: Switch, tmp_path: Path) -> None:
    made = switch()
    made.switch_to_new()
    made.record_path.rename(tmp_path / "moved")
    made.record_path.symlink_to(tmp_path / "moved")
    with pytest.raises(MigrationError, match="it is a symbolic link"):
        made.restore_old()


@pytest.mark.security
def test_a_record_of_another_user_is_not_read(
    switch: Switch, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = switch()
    made.switch_to_new()
    before = made.cube.files[0].read_bytes()
    if os.geteuid():
        monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    else:
        os.chown(made.record_path, 65534, 65534)
    with pytest.raises(MigrationError, match=r"it belongs to user [0-9]+"):
        made.restore_old()
    assert made.cube.files[0].read_bytes() == before


def test_a_record_that_others_may_write_is_not_read(switch: Switch) -> None:
    made = switch()
    made.switch_to_new()
    made.record_path.chmod(0o666)
    with pytest.raises(MigrationError, match="others than its owner may write to it"):
        made.restore_old()


def two_files(deployed: Deployed, folder: Path) -> tuple[list[Path], list[bytes]]:
    """The env files of two services, and what is in them."""
    second = folder / "worker.env"
    second.write_text("STORAGE_ENV=swift\nMORE=1\n")
    files = [deployed.path, second]
    return files, [path.read_bytes() for path in files]


def test_a_way_back_that_was_killed_in_the_middle_is_mixed_and_goes_on(
    switch: Switch, deployed: Deployed, tmp_path: Path
) -> None:
    files, old = two_files(deployed, tmp_path)

    def killed(path: Path, content: bytes) -> None:
        path.write_bytes(content)
        raise KeyboardInterrupt

    made = switch(cube=Program(files, NEW))
    made.switch_to_new()
    with pytest.raises(KeyboardInterrupt):
        switch(cube=Program(files, NEW), write=killed).restore_old()
    assert [path.read_bytes() == was for path, was in zip(files, old, strict=True)] == [True, False]
    assert made.record_path.exists()
    made.restore_old()
    assert [path.read_bytes() for path in files] == old
    assert not made.record_path.exists()


def test_a_file_that_cannot_be_written_leaves_the_way_back(
    switch: Switch, deployed: Deployed, tmp_path: Path
) -> None:
    files, old = two_files(deployed, tmp_path)

    def refuse(path: Path, content: bytes) -> None:
        if path == files[1]:
            raise MigrationError("cannot replace it")
        path.write_bytes(content)

    with pytest.raises(MigrationError, match="cannot replace it"):
        switch(cube=Program(files, NEW), write=refuse).switch_to_new()
    assert deployed.path.read_bytes() != old[0]
    switch(cube=Program(files, NEW)).restore_old()
    assert [path.read_bytes() for path in files] == old
