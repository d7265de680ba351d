# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The switch of the environment, and what is known of it, without a deployment's own ways."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.env_files import UNCLEAR
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.storage_switch import (
    Program,
    StorageSwitch,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError

from tests.unit.plugins.module_utils.fakes.deployed import NEW, Deployed, Switch


def test_the_switch_is_remembered_without_a_secret(switch: Switch, deployed: Deployed) -> None:
    made = switch()
    changes, _override = made.switch_to_new()
    assert [each.changed for each in changes] == [True]
    record = made.record_path.read_text()
    assert '"target": "s3 new"' in record
    assert "s3cret" not in record
    assert "0ld" not in record


def test_a_second_switch_changes_nothing(switch: Switch, deployed: Deployed) -> None:
    switch().switch_to_new()
    before = {path: path.read_bytes() for path in deployed.path.parent.iterdir()}
    changes, override = switch().switch_to_new()
    assert not override
    assert not any(each.changed for each in changes)
    assert {path: path.read_bytes() for path in deployed.path.parent.iterdir()} == before


def test_what_is_switched_again_still_goes_back_to_the_first(
    switch: Switch, deployed: Deployed
) -> None:
    old = deployed.path.read_bytes()
    switch().switch_to_new()
    for key in ("a", "b", "c"):
        switch(cube=Program([deployed.path], {**NEW, "S3_SECRET_KEY": key})).switch_to_new()
    assert len(list(deployed.path.parent.glob("*.bak"))) == 3  # two, and the one that is needed
    switch().restore_old()
    assert deployed.path.read_bytes() == old


def test_a_switch_that_was_killed_on_the_way_is_mixed_and_goes_on(
    switch: Switch, deployed: Deployed
) -> None:
    def killed(path: Path, content: bytes) -> None:
        path.write_bytes(content)
        if path == deployed.path:
            raise KeyboardInterrupt

    deployed.wins = {"STORAGE_ENV": "swift"}
    with pytest.raises(KeyboardInterrupt):
        switch(write=killed).switch_to_new()
    assert switch().configured() == "mixed"
    switch().switch_to_new()
    assert switch().configured() == "new"


def test_what_wins_is_overridden_and_back_again(switch: Switch, deployed: Deployed) -> None:
    deployed.wins = {"STORAGE_ENV": "swift"}
    assert switch().switch_to_new()[1] is True
    assert deployed.override_path().read_text() == "STORAGE_ENV=s3\n"
    assert switch().configured() == "new"
    assert switch().restore_old()[1] is True
    assert not deployed.override_path().exists()
    assert switch().configured() == "old"


def test_what_cannot_be_overridden_is_an_error(switch: Switch, deployed: Deployed) -> None:
    deployed.wins = {"S3_BUCKET_NAME": "other"}
    deployed.override = lambda wanted, predict: b""  # type: ignore[method-assign]
    with pytest.raises(MigrationError, match="chris would not get these variables: S3_BUCKET_NAME"):
        switch().switch_to_new()


def test_check_mode_writes_nothing(switch: Switch, deployed: Deployed) -> None:
    deployed.wins = {"STORAGE_ENV": "swift"}
    before = deployed.path.read_bytes()
    changes, override = switch(check_mode=True).switch_to_new()
    assert changes[0].changed
    assert override
    assert deployed.path.read_bytes() == before
    assert list(deployed.path.parent.iterdir()) == [deployed.path]


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


def test_an_override_that_is_no_longer_needed_is_removed(
    switch: Switch, deployed: Deployed
) -> None:
    deployed.wins = {"STORAGE_ENV": "swift"}
    switch().switch_to_new()
    deployed.wins = {}
    _changes, override = switch().switch_to_new()
    assert override
    assert not deployed.override_path().exists()


def test_one_stale_replica_of_two_makes_the_service_stale(
    switch: Switch, deployed: Deployed
) -> None:
    switch().switch_to_new()
    fresh = deployed.configured("chris")
    deployed.actual_environments = lambda service: [fresh, {**fresh, "S3_BUCKET_NAME": "old"}]  # type: ignore[method-assign]
    assert switch().stale("chris") == ["S3_BUCKET_NAME"]
    deployed.actual_environments = lambda service: [fresh, fresh]  # type: ignore[method-assign]
    assert switch().stale("chris") == []


def test_a_variable_of_the_new_storage_alone_can_be_stale(
    switch: Switch, deployed: Deployed
) -> None:
    deployed.start()
    switch().switch_to_new()
    assert switch(names=["STORAGE_ENV"]).stale("chris") == [*NEW]


def test_a_value_that_readers_of_env_files_do_not_agree_upon_is_not_called_stale(
    switch: Switch, deployed: Deployed
) -> None:
    deployed.path.write_text("STORAGE_ENV=swift\nSWIFT_KEY=$HOME\n")
    assert deployed.configured("chris")["SWIFT_KEY"] == UNCLEAR
    deployed.runs = {"STORAGE_ENV": "swift", "SWIFT_KEY": "/root"}
    assert switch().stale("chris") == []


@pytest.mark.parametrize("folder", ["memory", "env"])
def test_a_folder_that_cannot_be_written_is_told_before_anything_is_stopped(
    switch: Switch, deployed: Deployed, monkeypatch: pytest.MonkeyPatch, folder: str
) -> None:
    # Root may write everywhere, so no mode of a folder shows it.
    made = switch(record_path=deployed.path.parent / "memory" / "cube-storage.json")
    refused = made.record_path.parent if folder == "memory" else deployed.path.parent
    monkeypatch.setattr(
        os, "access", lambda path, mode: not (Path(path) == refused and mode == os.W_OK)
    )
    with pytest.raises(MigrationError) as caught:
        made.preflight()
    assert str(caught.value) == (
        f"cube_storage_env_files: {refused} cannot be written to. "
        "Run this as a user who may, for example with become."
    )
    monkeypatch.setattr(os, "access", lambda path, mode: mode == os.W_OK)
    made.preflight()


def test_what_the_deployment_lacks_is_told_beforehand(switch: Switch, deployed: Deployed) -> None:
    def lacking() -> None:
        raise MigrationError("no docker")

    deployed.preflight = lacking  # type: ignore[method-assign]
    with pytest.raises(MigrationError, match="no docker"):
        switch().preflight()


def test_another_switch_is_not_written_over(switch: Switch, deployed: Deployed) -> None:
    switch().switch_to_new()
    before = deployed.path.read_bytes()
    other = switch(cube=Program([deployed.path], {**NEW, "S3_BUCKET_NAME": "another"}))
    for step in (other.switch_to_new, other.preflight):
        with pytest.raises(MigrationError) as caught:
            step()
        assert str(caught.value) == (
            "cube_storage_container: CUBE was switched to another storage before: s3 new. Undo "
            "that with the settings it was made with. If it is to stay, remove "
            f"{other.record_path}, and with it the way back from there."
        )
    assert deployed.path.read_bytes() == before


def test_it_must_be_said_how_cube_runs(switch: Switch) -> None:
    with pytest.raises(MigrationError) as caught:
        switch(deployment=None).preflight()
    assert str(caught.value) == (
        "cube_storage_deployment: it is not said how CUBE runs. "
        "Choose compose, swarm, systemd or commands."
    )


def test_without_a_deployment_the_env_files_alone_are_switched_and_back(
    switch: Switch, deployed: Deployed
) -> None:
    old = deployed.path.read_bytes()
    alone = switch(deployment=None)
    assert alone.restore_old() == ([], False)
    changes, override = alone.switch_to_new()
    assert ([each.changed for each in changes], override) == ([True], False)
    assert alone.restore_old()[1] is False
    assert deployed.path.read_bytes() == old


def test_each_program_gets_its_variables_and_loses_those_of_the_other_storage(
    switch: Switch, deployed: Deployed, tmp_path: Path
) -> None:
    shared, own = deployed.path, tmp_path / "pfcon.env"
    own.write_text("SWIFT_KEY=0ld\nPORT=1\n")
    pfcon = {"STORAGE_ENV": "s3", "PFCON_BUCKET": "new"}
    made = switch(
        cube=Program([shared], NEW), pfcon=Program([shared, own], pfcon), remove_unused=True
    )
    assert [each.path for each in made.changes_to_new()] == [shared, own]
    made.switch_to_new()
    assert deployed.configured("chris") == {**NEW, **pfcon}
    assert own.read_text().splitlines() == ["PORT=1", "STORAGE_ENV=s3", "PFCON_BUCKET=new"]


@pytest.fixture
def pfcon(deployed: Deployed) -> Deployed:
    """CUBE, and a pfcon that has the same environment."""
    deployed.services = ("chris", "pfcon")  # type: ignore[assignment]
    deployed.pfcon_services = ("pfcon",)  # type: ignore[assignment]
    return deployed


def test_a_pfcon_gets_its_variables_when_it_is_in_network(switch: Switch, pfcon: Deployed) -> None:
    pfcon.path.write_text("PFCON_INNETWORK=true\n")
    variables = {"STORAGE_ENV": "s3"}
    assert switch(pfcon=Program([], variables)).wanted() == {"chris": NEW, "pfcon": variables}


def test_a_pfcon_that_sends_its_files_keeps_its_environment(
    switch: Switch, pfcon: Deployed, tmp_path: Path
) -> None:
    own = tmp_path / "pfcon.env"
    own.write_text("STORAGE_ENV=zipfile\n")
    made = switch(pfcon=Program([own], {"STORAGE_ENV": "s3"}), remove_unused=True)
    assert made.wanted() == {"chris": NEW, "pfcon": {}}
    assert [each.path for each in made.changes_to_new()] == [pfcon.path]
    made.switch_to_new()
    assert own.read_text() == "STORAGE_ENV=zipfile\n"
    assert made.configured() == "new"
    pfcon.answer = "True"
    pfcon.start()
    assert switch(pfcon=made.pfcon).configured() == "new"


def test_a_pfcon_whose_kind_is_only_in_its_process_is_refused(
    switch: Switch, pfcon: Deployed
) -> None:
    pfcon.start()
    pfcon.runs = {**(pfcon.runs or {}), "PFCON_INNETWORK": "true"}
    pfcon.running = lambda: ["chris", "pfcon"]  # type: ignore[method-assign]
    with pytest.raises(MigrationError, match="pfcon runs with PFCON_INNETWORK=true, which is not"):
        switch().preflight()


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
def test_a_memory_of_another_user_is_not_read(
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


@pytest.mark.security
@pytest.mark.parametrize("dry", [True, False])
def test_a_file_that_gets_secrets_is_hidden_from_other_users_before(
    switch: Switch, deployed: Deployed, *, dry: bool
) -> None:
    deployed.path.chmod(0o644)
    modes: list[int] = []

    def write(path: Path, content: bytes) -> None:
        modes.append(stat.S_IMODE(path.stat().st_mode) if path.exists() else 0)
        path.write_bytes(content)

    made = switch(check_mode=dry, write=write)
    changes, _override = made.switch_to_new()
    assert [change.private_mode for change in changes if change.path == deployed.path] == [0o640]
    assert stat.S_IMODE(deployed.path.stat().st_mode) == (0o644 if dry else 0o640)
    assert 0o644 not in modes


def test_a_record_that_others_may_write_is_not_read(switch: Switch) -> None:
    made = switch()
    made.switch_to_new()
    made.record_path.chmod(0o666)
    with pytest.raises(MigrationError, match="others than its owner may write to it"):
        made.restore_old()


def test_a_way_back_that_was_killed_in_the_middle_is_mixed_and_goes_on(
    switch: Switch, deployed: Deployed, tmp_path: Path
) -> None:
    second = tmp_path / "worker.env"
    second.write_text("STORAGE_ENV=swift\nMORE=1\n")
    files = [deployed.path, second]
    old = [path.read_bytes() for path in files]

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
    second = tmp_path / "worker.env"
    second.write_text("STORAGE_ENV=swift\n")
    files = [deployed.path, second]
    old = [path.read_bytes() for path in files]

    def refuse(path: Path, content: bytes) -> None:
        if path == second:
            raise MigrationError("cannot replace it")
        path.write_bytes(content)

    with pytest.raises(MigrationError, match="cannot replace it"):
        switch(cube=Program(files, NEW), write=refuse).switch_to_new()
    assert deployed.path.read_bytes() != old[0]
    switch(cube=Program(files, NEW)).restore_old()
    assert [path.read_bytes() for path in files] == old
