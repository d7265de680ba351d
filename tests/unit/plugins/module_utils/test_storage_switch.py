# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The switch of the environment, and what is known of it, without a deployment's own ways."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import (
    MigrationError,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._storage_switch import (
    Program,
)

from tests.unit.plugins.module_utils.deployed import NEW, Deployed, Switch


def test_the_switch_is_remembered_without_a_secret(switch: Switch, deployed: Deployed) -> None:
    made = switch()
    changes, _override = made.to_new()
    assert [each.changed for each in changes] == [True]
    memory = made.memory.read_text()
    assert '"target": "s3 new"' in memory
    assert "s3cret" not in memory
    assert "0ld" not in memory


def test_a_second_switch_changes_nothing(switch: Switch, deployed: Deployed) -> None:
    switch().to_new()
    before = {path: path.read_bytes() for path in deployed.path.parent.iterdir()}
    changes, override = switch().to_new()
    assert not override
    assert not any(each.changed for each in changes)
    assert {path: path.read_bytes() for path in deployed.path.parent.iterdir()} == before


def test_what_is_switched_again_still_goes_back_to_the_first(
    switch: Switch, deployed: Deployed
) -> None:
    old = deployed.path.read_bytes()
    switch().to_new()
    for key in ("a", "b", "c"):
        switch(cube=Program([deployed.path], {**NEW, "S3_SECRET_KEY": key})).to_new()
    assert len(list(deployed.path.parent.glob("*.bak"))) == 3  # two, and the one that is needed
    switch().to_old()
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
        switch(write=killed).to_new()
    assert switch().configured() == "mixed"
    switch().to_new()
    assert switch().configured() == "new"


def test_what_wins_is_overridden_and_back_again(switch: Switch, deployed: Deployed) -> None:
    deployed.wins = {"STORAGE_ENV": "swift"}
    assert switch().to_new()[1] is True
    assert deployed.override_path().read_text() == "STORAGE_ENV=s3\n"
    assert switch().configured() == "new"
    assert switch().to_old()[1] is True
    assert not deployed.override_path().exists()
    assert switch().configured() == "old"


def test_what_cannot_be_overridden_is_an_error(switch: Switch, deployed: Deployed) -> None:
    deployed.wins = {"S3_BUCKET_NAME": "other"}
    deployed.override = lambda wanted, predict: b""  # type: ignore[method-assign]
    with pytest.raises(MigrationError, match="chris would not get these variables: S3_BUCKET_NAME"):
        switch().to_new()


def test_check_mode_writes_nothing(switch: Switch, deployed: Deployed) -> None:
    deployed.wins = {"STORAGE_ENV": "swift"}
    before = deployed.path.read_bytes()
    changes, override = switch(dry=True).to_new()
    assert changes[0].changed
    assert override
    assert deployed.path.read_bytes() == before
    assert list(deployed.path.parent.iterdir()) == [deployed.path]


def test_nothing_is_restored_that_was_never_switched(switch: Switch) -> None:
    assert switch().to_old() == ([], False)


def test_a_way_back_that_nobody_remembers_is_an_error(switch: Switch) -> None:
    switch().to_new()
    switch().memory.unlink()
    with pytest.raises(MigrationError, match="nothing tells what the environment was before"):
        switch().to_old()


def test_a_memory_that_cannot_be_read_is_an_error(switch: Switch) -> None:
    switch().memory.write_text("{}")
    with pytest.raises(MigrationError, match=r"^cube_storage_memory: cannot read "):
        switch().to_new()
