# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""swift_preflight against the real servers: each check fails when it has to, and alone."""

from __future__ import annotations

import time
from email.utils import formatdate
from pathlib import Path

import pytest

from tests.integration.conftest import Options, RunModule
from tests.integration.faulty import Faulty
from tests.integration.pair import Pair, fill
from tests.integration.preflight.conftest import Preflight
from tests.integration.preflight.findings import bad, failures, told
from tests.servers.faults import EditHead, Headers


def test_a_pair_that_can_be_migrated_fails_no_check(pair: Pair, preflight: Preflight) -> None:
    fill(pair, 3)
    result = preflight()
    assert bad(result) == []
    assert told(result, "listing of the source")[1].startswith("3 objects, 300 bytes in ")
    assert told(result, "container of the destination")[1] == (
        f"container '{pair.name}' is there and is empty"
    )
    assert result["survey"]["objects"] == 3
    assert result["forecast"]["first_copy"] is None


def test_it_writes_nothing_when_it_does_not_measure(
    pair: Pair, preflight: Preflight, tmp_path: Path
) -> None:
    fill(pair, 3)
    pair.source.put(pair.name, "a//b", b"1")
    logs = [pair.lab.access_log(side) for side in ("source", "destination")]
    marks = [log.mark() for log in logs]
    result = preflight()
    for log, mark in zip(logs, marks, strict=True):
        assert {each.method for each in log.requests(mark, pair.name)} <= {"GET", "HEAD"}
    assert told(result, "names at the destination")[0] == "warning"
    assert not (tmp_path / "state").exists()


@pytest.mark.parametrize("side", ["source", "destination"])
def test_a_wrong_secret_at_one_side_keeps_no_check_of_the_other_back(
    pair: Pair,
    preflight: Preflight,
    params: Options,
    application_credential: Options,
    side: str,
) -> None:
    fill(pair, 3)
    login = params["source"] if side == "source" else application_credential
    key = "password" if side == "source" else "application_credential_secret"
    wrong = {**login, "auth": {**login["auth"], key: "wrong"}, "container": pair.name}
    result = preflight(**{side: wrong})
    assert failures(result) == [f"login to the {side}"]
    assert told(result, f"login to the {side}")[1].startswith(f"{side}.auth.{key}: ")
    other = "destination" if side == "source" else "source"
    assert told(result, f"login to the {other}")[0] == "ok"
    assert told(result, f"server of the {other}")[0] == "ok"
    if side == "destination":
        assert result["survey"]["objects"] == 3


@pytest.mark.parametrize("side", ["source", "destination"])
def test_a_clock_that_is_wrong_is_told(through_proxies: Faulty, side: str) -> None:
    fill(through_proxies, 1)

    def behind(headers: Headers) -> Headers:
        kept = [each for each in headers if each[0].lower() not in ("date", "x-trans-id")]
        return [*kept, ("Date", formatdate(time.time() - 600, usegmt=True))]

    through_proxies.side(side).inject(
        EditHead(behind), lambda target: target.method == "HEAD" and not target.name, times=None
    )
    result = through_proxies.sync()
    assert bad(result) == [f"clock of the {side}"]
    assert "s behind this host's" in told(result, f"clock of the {side}")[1]


def test_an_option_that_is_wrong_makes_the_module_fail(
    run_module: RunModule, params: Options
) -> None:
    result = run_module("swift_preflight", {**params, "concurrency": 0})
    assert result["failed"]
    assert result["msg"] == "concurrency: 0 is too small. Give 1 or more."
