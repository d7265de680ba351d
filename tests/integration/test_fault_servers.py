# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Servers that are away for a while, while a token ends too, or for good."""

from __future__ import annotations

import dataclasses
import time
from functools import partial
from typing import Any

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cloud.connection import (
    Connection,
    ConnectionOptions,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._compare.comparison import (
    Comparison,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._compare.options import (
    CompareOptions,
    Level,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration import run_context
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.retry import (
    Retry,
    ServerGoneError,
)

from tests.integration.conftest import Options
from tests.integration.faulty import Faulty, asks, is_login
from tests.integration.pair import counts, fill
from tests.servers import Lab
from tests.servers.access_log import Target
from tests.servers.faults import Call, Cut, Delay, Status


def connections(faulty: Faulty, application_credential: Options) -> tuple[Connection, Connection]:
    """Through the proxies."""
    login: dict[str, Any] = faulty.lab.description["source"]
    here = ConnectionOptions(
        auth_type="v1password",
        auth={
            "auth_url": f"{faulty.here.url}/auth/v1.0",
            "username": login["username"],
            "password": login["password"],
        },
        label="source",
    )
    auth = {**application_credential["auth"], "auth_url": f"{faulty.keystone.url}/v3"}
    there = ConnectionOptions(
        auth=auth, region_name=application_credential["region_name"], label="destination"
    )
    return Connection(here), Connection(there)


@pytest.mark.own_lab
def test_a_keystone_that_is_away_while_a_token_ends_costs_no_object(
    faulty: Faulty, lab: Lab
) -> None:
    def is_renewal(target: Target) -> bool:
        return is_login(target) and faulty.here.count(asks("GET")) > 0

    fill(faulty, 20)
    faulty.here.inject(Delay(seconds=1.5), asks("GET"), times=None)
    away = faulty.keystone.inject(Status(503), is_renewal, times=7)
    usual = lab.settings
    lab.restart("keystone", settings=dataclasses.replace(usual, token_seconds=10))
    try:
        assert counts(faulty.sync(concurrency=2)) == {"copied": 20}
    finally:
        lab.restart("keystone", settings=usual)
    assert away.injected == 7
    assert faulty.differences() == []


@pytest.mark.own_lab
def test_a_source_that_does_without_its_only_disk_for_a_minute_costs_no_object(
    faulty: Faulty, lab: Lab
) -> None:
    """With Swift's own default: after ten errors of a disk its proxy answers 503 for a minute."""
    fill(faulty, 60)
    away = faulty.here.inject(
        Call(function=lambda: lab.restart("source-object")), asks("GET"), skip=20
    )
    usual = lab.settings
    lab.restart("source-proxy", settings=dataclasses.replace(usual, error_suppression_limit=10))
    mark, begun = lab.access_log("source").mark(), time.monotonic()
    try:
        assert counts(faulty.sync()) == {"copied": 60}
        asked = lab.access_log("source").object_requests(mark)
    finally:
        lab.restart("source-proxy", settings=usual)
    assert away.injected == 1
    assert sum(request.status == 503 for request in asked) > 10
    assert time.monotonic() - begun > 50
    assert faulty.differences() == []


def test_what_the_destination_can_do_is_asked_again(faulty: Faulty) -> None:
    fill(faulty, 3)
    rule = faulty.there.inject(Status(503), lambda target: target.path == "/info", times=2)
    assert counts(faulty.sync()) == {"copied": 3}
    assert rule.injected == 2
    assert faulty.differences() == []


def test_a_destination_that_stops_during_a_comparison_ends_it_and_is_named(
    faulty: Faulty, application_credential: Options, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(faulty, 60)
    counts(faulty.sync())
    stopped = faulty.there.inject(Cut(), asks("HEAD"), skip=10, times=None)
    # A hundred times as fast as in earnest.
    hasty = partial(Retry, sleep=lambda seconds: time.sleep(seconds / 100))
    monkeypatch.setattr(run_context, "Retry", hasty)
    options = CompareOptions(
        faulty.name, faulty.name, level=Level.HEADERS, concurrency=4, progress_interval=0
    )
    with pytest.raises(ServerGoneError, match=f"^{faulty.there.url} does not answer any more"):
        Comparison(*connections(faulty, application_credential), options).run()
    assert stopped.injected > 1
