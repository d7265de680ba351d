# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The switch of the environment, and what is known of it, without a deployment's own ways."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.env_files import UNCLEAR
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.storage_switch import (
    Program,
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
        made.refuse_read_only()
    assert str(caught.value) == (
        f"cube_storage_env_files: {refused} cannot be written to. "
        "Run this as a user who may, for example with become."
    )
    monkeypatch.setattr(os, "access", lambda path, mode: mode == os.W_OK)
    made.refuse_read_only()


def test_another_switch_is_not_written_over(switch: Switch, deployed: Deployed) -> None:
    switch().switch_to_new()
    before = deployed.path.read_bytes()
    other = switch(cube=Program([deployed.path], {**NEW, "S3_BUCKET_NAME": "another"}))
    for step in (other.switch_to_new, other.refuse_read_only):
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
        switch(deployment=None).configured()
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
        switch().refuse_two_places()


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
