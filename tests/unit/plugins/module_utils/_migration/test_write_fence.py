# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The fence around the old container: quotas of zero, and back to those that were there."""

from __future__ import annotations

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.write_fence import (
    BEFORE,
    QUOTAS,
    FenceChange,
    lift_fence,
    raise_fence,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.container import (
    Container,
)

from tests.unit.plugins.module_utils.fakes.object_server import ObjectServer
from tests.unit.plugins.module_utils.fakes.object_store import ObjectStore

BYTES, COUNT = QUOTAS


@pytest.fixture
def store(source: ObjectServer) -> ObjectStore:
    source.script = store = ObjectStore()
    return store


@pytest.fixture
def container(source: ObjectServer, store: ObjectStore) -> Container:
    return source.container()


@pytest.mark.parametrize(
    ("quotas", "remembered"),
    [
        ({}, "/"),
        ({BYTES: "1000"}, "1000/"),
        ({COUNT: "7"}, "/7"),
        ({BYTES: "0", COUNT: "7"}, "0/7"),
    ],
)
def test_a_fence_gives_back_the_quotas_that_stood_before(
    container: Container, store: ObjectStore, quotas: dict[str, str], remembered: str
) -> None:
    store.containers["c"].update(quotas)
    assert raise_fence(container) == FenceChange(changed=True, fenced=True)
    assert {store.containers["c"][quota] for quota in QUOTAS} == {"0"}
    assert store.containers["c"][BEFORE] == remembered
    assert lift_fence(container) == FenceChange(changed=True, fenced=False)
    found = {name: store.containers["c"][name] for name in (*QUOTAS, BEFORE)}
    assert found == {BYTES: "", COUNT: "", BEFORE: "", **quotas}  # an empty value removes it


def test_a_fence_that_stands_is_left_as_it_is(
    container: Container, store: ObjectStore, source: ObjectServer
) -> None:
    store.containers["c"][BYTES] = "1000"
    raise_fence(container)
    assert raise_fence(container) == FenceChange(changed=False, fenced=True)
    assert len(source.named("POST")) == 1
    assert store.containers["c"][BEFORE] == "1000/"


def test_what_has_no_fence_is_not_touched(container: Container, source: ObjectServer) -> None:
    assert lift_fence(container) == FenceChange(changed=False, fenced=False)
    assert source.named("POST") == []


def test_a_container_that_is_not_there_has_no_fence(
    container: Container, store: ObjectStore, source: ObjectServer
) -> None:
    store.containers.clear()
    assert raise_fence(container) == FenceChange(changed=False, fenced=False)
    assert lift_fence(container) == FenceChange(changed=False, fenced=False)
    assert source.named("POST") == []


def test_check_mode_tells_the_change_and_writes_nothing(
    container: Container, store: ObjectStore, source: ObjectServer
) -> None:
    assert raise_fence(container, check_mode=True) == FenceChange(changed=True, fenced=True)
    store.containers["c"][BEFORE] = "/"
    assert lift_fence(container, check_mode=True) == FenceChange(changed=True, fenced=False)
    assert source.named("POST") == []


@pytest.mark.parametrize("remembered", ["", "1000", "1/2/3", "a/1", "-1/", "1.5/"])
def test_quotas_that_are_no_two_numbers_are_not_written(
    container: Container, store: ObjectStore, source: ObjectServer, remembered: str
) -> None:
    store.containers["c"][BEFORE] = remembered
    with pytest.raises(MigrationError, match=f"remembers the quotas '{remembered}', and no two"):
        lift_fence(container)
    assert source.named("POST") == []


@pytest.mark.parametrize(
    ("changed", "fenced", "before", "after"),
    [(True, True, "false", "true"), (True, False, "true", "false"), (False, True, "true", "true")],
)
def test_the_diff_shows_the_fence_before_and_after(
    changed: bool, fenced: bool, before: str, after: str
) -> None:
    told = FenceChange(changed=changed, fenced=fenced).diff()
    assert told == {"before": f"fenced: {before}\n", "after": f"fenced: {after}\n"}
