# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A container of a real Swift that refuses new objects for a while."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from swiftclient.exceptions import ClientException

from tests.integration.conftest import Options, RunModule
from tests.integration.pair import Pair, fill

BYTES, COUNT = "x-container-meta-quota-bytes", "x-container-meta-quota-count"


@pytest.fixture
def fence(pair: Pair, source: Options, run_module: RunModule) -> Callable[..., bool]:
    """Raise or lift the fence around the source, and tell whether that was a change."""

    def run(state: str, *, name: str = pair.name, check: bool = False) -> bool:
        result = run_module("swift_fence", {**source, "name": name, "state": state}, check=check)
        assert not result.get("failed"), result["msg"]
        assert result["fenced"] == (state == "present" and name == pair.name)
        assert (result["diff"]["before"] != result["diff"]["after"]) == result["changed"]
        changed: bool = result["changed"]
        return changed

    return run


def test_a_fence_refuses_new_objects_and_gives_the_quotas_back(
    pair: Pair, fence: Callable[..., bool]
) -> None:
    pair.source.post_container(pair.name, {BYTES: "1000000"})
    fill(pair, 1)
    assert fence("present", check=True)
    assert pair.source.head(pair.name)[BYTES] == "1000000"
    assert fence("present")
    assert not fence("present")
    assert pair.source.head(pair.name)[BYTES] == pair.source.head(pair.name)[COUNT] == "0"
    with pytest.raises(ClientException, match="413"):
        pair.source.put(pair.name, "straggler", b"straggler")
    assert not pair.sync().get("failed")
    assert fence("absent", check=True)
    assert pair.source.head(pair.name)[BYTES] == "0"
    assert fence("absent")
    assert not fence("absent")
    assert pair.source.head(pair.name)[BYTES] == "1000000"
    assert COUNT not in pair.source.head(pair.name)
    pair.source.put(pair.name, "welcome", b"welcome")


def test_a_container_that_is_not_there_needs_none(fence: Callable[..., bool]) -> None:
    assert not fence("present", name="no-such-container")
    assert not fence("absent", name="no-such-container")


def test_a_wrong_login_is_named(source: Options, run_module: RunModule) -> None:
    auth = {**source["auth"], "password": "wr0ng"}
    refused = run_module("swift_fence", {**source, "auth": auth, "name": "users"})
    assert refused["failed"]
    assert refused["msg"].startswith("auth.password: ")
