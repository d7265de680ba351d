# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""All of it: what fails keeps nothing else from being looked at."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._check import Check
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import EndedError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._preflight import preflight
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._preflight.measurement import (
    MOST,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._preflight.options import (
    PreflightOptions,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._preflight.preflight import (
    Preflight,
)

from tests.unit.plugins.module_utils.fakes.object_server import Answer, Asked
from tests.unit.plugins.module_utils.fakes.two_clouds import TwoClouds, answering

pytestmark = pytest.mark.usefixtures("in_time")


@pytest.fixture(autouse=True)
def no_login(monkeypatch: pytest.MonkeyPatch) -> None:
    """The fakes need none."""
    for name in ("check_login", "check_storage_url", "check_server"):
        monkeypatch.setattr(preflight, name, lambda _connection, side: [Check(side, "ok", "")])


def run(clouds: TwoClouds, folder: Path, **options: Any) -> Preflight:
    wanted = PreflightOptions("old", "new", state_dir=str(folder / "state"), **options)
    made = Preflight(*clouds.connections, wanted)
    made.run()
    return made


def failed(found: Preflight) -> list[str]:
    return [check.name for check in found.checks if check.verdict == "failure"]


def test_nothing_is_written_without_a_measurement(two_clouds: TwoClouds, tmp_path: Path) -> None:
    two_clouds.put("a//b", "c")
    found = run(two_clouds, tmp_path, measure=False)
    assert failed(found) == []
    assert {method for _side, method, _path in two_clouds.asked} == {"GET", "HEAD"}
    assert found.survey is not None and found.forecast is not None
    assert found.survey.total.objects == 2
    assert found.forecast.rates is None


def test_a_scratch_container_that_cannot_be_made_is_all_that_fails(
    two_clouds: TwoClouds, tmp_path: Path
) -> None:
    two_clouds.put("a")
    two_clouds.destination.refuse = answering(403, method="PUT", end="")
    found = run(two_clouds, tmp_path)
    assert failed(found) == ["measured copy"]
    assert found.forecast is not None and found.forecast.rates is None


@pytest.mark.parametrize(("quota", "copied"), [(2 * MOST, True), (2 * MOST - 1, False)])
def test_nothing_is_copied_into_an_account_that_is_nearly_full(
    two_clouds: TwoClouds, tmp_path: Path, quota: int, copied: bool
) -> None:
    two_clouds.put("a", "b//c")
    two_clouds.destination.account = {
        "X-Account-Meta-Quota-Bytes": str(quota),
        "X-Account-Bytes-Used": str(MOST),
    }
    found = run(two_clouds, tmp_path)
    assert failed(found) == []
    warned = {check.name for check in found.checks if check.verdict == "warning"}
    assert ("measured copy" in warned) is not copied
    assert bool(two_clouds.writes) is copied


def test_a_listing_that_breaks_keeps_the_rest(two_clouds: TwoClouds, tmp_path: Path) -> None:
    two_clouds.put("a")
    two_clouds.source.refuse = answering(403, method="GET", end="/old")
    found = run(two_clouds, tmp_path)
    assert failed(found) == ["listing of the source"]
    assert found.result()["forecast"] is None
    names = {check.name for check in found.checks}
    assert {"container of the destination", "quota of the destination's account"} <= names


@pytest.mark.parametrize("step", ["look_at_source", "container_listing", "check_clocks"])
def test_it_ends_when_it_is_told_to(
    two_clouds: TwoClouds, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def end(*_arguments: Any) -> None:
        raise EndedError

    two_clouds.put("a")
    monkeypatch.setattr(preflight, step, end)
    with pytest.raises(EndedError):
        run(two_clouds, tmp_path)
    assert two_clouds.writes == []


def test_a_listing_that_is_not_whole_is_told(two_clouds: TwoClouds, tmp_path: Path) -> None:
    two_clouds.put("a")
    counted = {"X-Container-Object-Count": "2", "X-Container-Bytes-Used": "2"}

    def count(asked: Asked) -> Answer | None:
        is_container = asked.method == "HEAD" and asked.path.endswith("/old")
        return Answer(204, {**counted, "X-Timestamp": "1.0"}) if is_container else None

    two_clouds.source.refuse = count
    found = run(two_clouds, tmp_path, measure=False)
    assert failed(found) == ["listing of the source"]
    assert found.survey is not None  # what it shows is told all the same


def test_an_empty_source_is_not_measured(two_clouds: TwoClouds, tmp_path: Path) -> None:
    found = run(two_clouds, tmp_path)
    assert failed(found) == []
    assert "measured copy" not in {check.name for check in found.checks}
