# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What the status of an answer means."""

from __future__ import annotations

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.retry import (
    PATIENCE,
    Retry,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.status_errors import (
    StatusError,
)

from tests.unit.plugins.module_utils.fakes.object_server import Answer, ObjectServer


@pytest.mark.parametrize(
    ("status", "body", "fatal"),
    [
        (413, b"Upload exceeds quota.", True),
        (413, b"Your request is too large.", False),
        (507, b"", True),
        (403, b"", False),
    ],
)
def test_what_would_meet_every_object_is_fatal(
    source: ObjectServer, status: int, body: bytes, fatal: bool
) -> None:
    source.script = lambda _asked: Answer(status, body=body)
    with pytest.raises(StatusError) as caught:
        source.container().request("PUT", "o")
    assert (caught.value.status, caught.value.fatal) == (status, fatal)
    assert len(source.asked) == 1


DATE = "Sun, 22 Nov 2026 18:00:00 GMT"


@pytest.mark.parametrize(
    ("retry_after", "wait"),
    [
        ("7", 7),
        ("Sun, 22 Nov 2026 18:00:07 GMT", 7),
        ("Sunday, 22-Nov-26 18:00:07 GMT", 7),
        ("Sun, 22 Nov 2026 17:00:00 GMT", 0),
        ("Sun, 22 Nov 2026 19:00:00 GMT", PATIENCE),
        ("99999", PATIENCE),
        ("soon", 0),
        ("-5", 0),
    ],
)
def test_retry_after_is_seconds_or_a_moment_of_the_servers_clock(
    source: ObjectServer, retry_after: str, wait: float
) -> None:
    source.script = lambda _asked: Answer(
        503 if len(source.asked) < 2 else 200, {"Retry-After": retry_after, "Date": DATE}
    )
    waits: list[float] = []
    retry = Retry(sleep=waits.append, uniform=lambda low, _high: low)
    source.container(retry=retry).request("HEAD")
    assert waits == [wait]


def test_an_error_shows_neither_token_nor_query(source: ObjectServer) -> None:
    source.script = lambda _asked: Answer(403)
    with pytest.raises(StatusError) as caught:
        source.container().request("GET", "o", query="secret=1")
    assert "token-0" not in str(caught.value)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("status", [502, 503, 504])
@pytest.mark.parametrize("minutes", [1, 2.5])
def test_a_gateway_before_a_server_that_restarts_costs_time_only(
    source: ObjectServer, status: int, minutes: float
) -> None:
    now = 0.0

    def sleep(seconds: float) -> None:
        nonlocal now
        now += seconds

    retry = Retry(sleep=sleep, uniform=lambda _low, high: high / 2)
    container = source.container(retry=retry)
    source.script = lambda _asked: Answer(200)
    container.request("HEAD")
    source.script = lambda _asked: Answer(200 if now >= 60 * minutes else status)
    assert container.request("HEAD").status == 200


@pytest.mark.parametrize(("status", "server"), [(503, True), (500, False), (429, False)])
def test_only_a_gateway_stands_for_a_server_that_does_not_answer(
    source: ObjectServer, status: int, server: bool
) -> None:
    source.script = lambda _asked: Answer(status)
    with pytest.raises(StatusError) as caught:
        source.container().request("HEAD")
    assert caught.value.unanswered == (source.url if server else "")
