# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""swift_preflight before a migration to a Ceph gateway."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.ceph.pair import LARGEST, SEGMENTS, ToCeph
from tests.integration.conftest import Options, RunModule
from tests.integration.pair import fill

pytestmark = pytest.mark.each_ceph

Preflight = Callable[..., dict[str, Any]]


@pytest.fixture
def preflight(
    pair: ToCeph, source: Options, gateway: Options, run_module: RunModule, tmp_path: Path
) -> Preflight:
    def run(**given: Any) -> dict[str, Any]:
        params = {
            "source": {**source, "container": pair.name},
            "destination": {**gateway, "container": pair.name},
            "state_dir": str(tmp_path / "state"),
            **given,
        }
        result = run_module("swift_preflight", params)
        assert not result.get("failed"), result["msg"]
        return result

    return run


def failures(result: dict[str, Any]) -> list[str]:
    return [check["name"] for check in result["checks"] if check["verdict"] == "failure"]


def test_a_measurement_leaves_nothing_behind(pair: ToCeph, preflight: Preflight) -> None:
    fill(pair, 30)
    for name in ("a//b", "_a", "b%2Fc"):
        pair.source.put(pair.name, name, b"1")
    pair.source.put(pair.name, "cut in pieces", bytes(LARGEST + 1))
    result = preflight()
    assert failures(result) == []
    assert result["forecast"]["rates"]["objects_per_second"] > 0
    seen = {check["name"]: check["seen"] for check in result["checks"]}
    assert seen["names at the destination"].startswith("kept, also with '//' in them")
    assert seen["largest object"].endswith("; 1 objects are cut in pieces")
    assert seen["server of the destination"].startswith("it is a Ceph gateway")
    assert [row["name"] for row in pair.destination.listing("", pair.name)] == [pair.name]
    assert pair.names() == []
    assert not pair.sync().get("failed")
    [difference] = pair.differences()  # what was cut in pieces is a large object there
    assert difference.startswith("'cut in pieces': x-static-large-object")


def test_an_object_that_no_pieces_hold_is_told(pair: ToCeph, preflight: Preflight) -> None:
    pair.source.put(pair.name, "huge", bytes(LARGEST * SEGMENTS + 1))
    result = preflight(measure=False)
    assert failures(result) == ["largest object"]
    assert pair.sync()["objects"]["failed"] == 1
