# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What is paused waits until it may go on, or ends with the run."""

from __future__ import annotations

from concurrent.futures import Future

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import EndedError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.background import (
    begin,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.curl_handle import (
    Tls,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.http_client import (
    Http,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.http_messages import (
    Request,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.pause import Pause
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.rate_limit import (
    RateLimits,
)

from tests.unit.plugins.module_utils.fakes.object_server import Answer, ObjectServer

LONG = 20.0


def held(pause: Pause, number: int = 3) -> list[Future[bool]]:
    """Threads that wait; each has been seen to."""
    waiting = [begin(pause.wait) for _number in range(number)]
    for each in waiting:
        with pytest.raises(TimeoutError):
            each.result(0.05)
    return waiting


def test_it_holds_nobody_before_it_begins_and_after_it_has_ended() -> None:
    pause = Pause(lambda: 7.0)
    assert not pause.wait()
    pause.begin()
    assert pause.since == 7.0
    waiting = held(pause)
    pause.end()
    assert [each.result(LONG) for each in waiting] == [True] * 3
    assert pause.since is None
    assert not pause.wait()


def test_it_tells_since_when_it_lasts_also_if_it_is_asked_for_twice() -> None:
    moments = iter([7.0, 8.0])
    pause = Pause(lambda: next(moments))
    pause.begin()
    pause.begin()
    assert pause.since == 7.0


def test_what_is_held_is_broken_off_at_the_end_of_a_run_and_nothing_is_held_any_more() -> None:
    pause = Pause()
    pause.begin()
    waiting = held(pause)
    pause.break_off()
    for each in waiting:
        with pytest.raises(EndedError):
            each.result(LONG)
    pause.begin()
    assert pause.since is None
    assert not pause.wait()


def test_a_request_that_was_held_is_limited_when_it_goes_on() -> None:
    limits, taken = RateLimits.of(1e6, 0), list[int]()
    limits.requests.take = lambda amount=1: taken.append(amount)  # type: ignore[method-assign]
    limits.request()
    assert taken == [1]
    limits.pause.begin()
    request = begin(limits.request)
    with pytest.raises(TimeoutError):
        request.result(0.05)
    assert taken == [1, 1]
    limits.pause.end()
    request.result(LONG)
    assert taken == [1, 1, 1]


@pytest.mark.parametrize("paused", [True, False])
def test_what_waits_for_its_turn_meanwhile_ends_with_the_run_too(paused: bool) -> None:
    limits = RateLimits.of(1, 0)
    limits.request()
    waiting = [begin(limits.request) for _number in range(3)]
    with pytest.raises(TimeoutError):
        waiting[0].result(0.05)
    if paused:
        limits.pause.begin()
    limits.break_off()
    if paused:
        for each in waiting:
            with pytest.raises(EndedError):
                each.result(0.5)
        begin(limits.request).result(0.5)  # as what looks for the end of a lease
    else:  # what is under way is finished
        for each in waiting:
            each.result(LONG)


def test_no_request_is_sent_while_it_lasts(source: ObjectServer) -> None:
    source.script = lambda _asked: Answer(200)
    limits = RateLimits.of(0, 0)
    http = Http(Tls(), limits)
    limits.pause.begin()
    sending = begin(lambda: http.send(Request("GET", f"{source.url}/v1/AUTH_x/c/o")))
    with pytest.raises(TimeoutError):
        sending.result(0.2)
    assert source.asked == []
    limits.pause.end()
    assert sending.result(LONG).status == 200
