# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The phase of a migration, read and changed in a real container's metadata."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.integration.conftest import Options, RunModule
from tests.integration.pair import Pair, counts, fill

Phase = Callable[..., dict[str, Any]]


@pytest.fixture
def phase(pair: Pair, source: Options, destination: Options, run_module: RunModule) -> Phase:
    """Read the phase of the pair's migration, or change it."""

    def run(name: str | None = None, *, old: str = pair.name, **how: bool) -> dict[str, Any]:
        params = {
            "source": {**source, "container": old},
            "destination": {**destination, "container": pair.name},
            **({"phase": name} if name else {}),
        }
        return run_module("migration_phase", params, **how)

    return run


def test_a_migration_goes_through_its_phases_and_each_is_entered_once(
    pair: Pair, phase: Phase
) -> None:
    assert phase()["phase"] == ""
    pair.sync()
    assert phase()["phase"] == "copying"
    for name in ("frozen", "verified", "cut-over", "rolled-back"):
        assert phase(name)["changed"]
        again = phase(name)
        assert not again["changed"]
        assert phase()["phase"] == again["phase"] == name
    assert again["since"] <= again["verified"]
    assert again["frozen"]


def test_check_and_diff_mode_tell_of_the_change_and_do_not_make_it(
    pair: Pair, phase: Phase
) -> None:
    pair.sync()
    told = phase("frozen", check=True, diff=True)
    assert told["changed"]
    assert told["diff"] == {"before": "phase: copying\n", "after": "phase: frozen\n"}
    assert phase()["phase"] == "copying"


def test_a_phase_that_does_not_follow_is_refused(pair: Pair, phase: Phase) -> None:
    pair.sync()
    refused = phase("cut-over")
    assert refused["failed"]
    assert refused["msg"].startswith("phase: after 'copying' comes 'frozen', not 'cut-over'.")
    assert phase()["phase"] == "copying"


def test_a_container_that_no_migration_fills_has_no_phase_to_change(
    pair: Pair, phase: Phase
) -> None:
    assert "is not filled by a migration" in phase("frozen")["msg"]
    assert pair.destination.head(pair.name).get("x-container-meta-migration-phase") is None


def test_another_source_cannot_freeze_it(pair: Pair, phase: Phase) -> None:
    pair.sync()
    pair.source.put_container(f"{pair.name}-other")
    assert "this container is filled from" in phase("frozen", old=f"{pair.name}-other")["msg"]
    assert phase()["phase"] == "copying"


def test_the_phase_is_told_when_the_source_is_gone(pair: Pair, phase: Phase) -> None:
    pair.sync()
    assert phase(old="no-such-container")["phase"] == "copying"


@pytest.mark.parametrize("last", ["verified", "cut-over"])
def test_a_container_that_may_be_in_use_is_not_touched_whatever_is_asked(
    pair: Pair, phase: Phase, last: str
) -> None:
    fill(pair, 3)
    pair.sync()
    for name in ("frozen", "verified", "cut-over")[: 2 if last == "verified" else 3]:
        phase(name)
    pair.destination.put(pair.name, "of the application", b"new")
    pair.destination.put(pair.name, "data/0001", b"replaced")
    pair.destination.delete(pair.name, "data/0002")
    before = list(pair.destination.listing(pair.name))
    for options in ({}, {"prune": True, "max_delete": "100%"}):
        result = pair.sync(**options)
        assert not result["changed"]
        assert "nothing was compared, copied or deleted" in result["notice"]
    assert list(pair.destination.listing(pair.name)) == before


def test_once_in_use_it_is_left_alone_even_when_the_source_is_gone(
    pair: Pair, phase: Phase
) -> None:
    fill(pair, 1)
    pair.sync()
    for name in ("frozen", "verified", "cut-over"):
        phase(name)
    pair.source.delete(pair.name, "data/0000")
    pair.source.delete_container(pair.name)
    result = pair.sync()
    assert not result.get("failed")
    assert "is in use since its cutover" in result["notice"]


def test_after_a_way_back_a_new_migration_begins(pair: Pair, phase: Phase) -> None:
    fill(pair, 1)
    pair.sync()
    for name in ("frozen", "verified", "rolled-back"):
        phase(name)
    fill(pair, 2)
    assert counts(pair.sync())["copied"] == 1
    assert phase()["phase"] == "copying"
