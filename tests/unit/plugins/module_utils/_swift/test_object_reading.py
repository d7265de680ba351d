# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Objects that are read to their end: what breaks off, what is large, what is kept."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.manifest_reach import (
    ManifestReach,
    ReachError,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.object_reading import (
    BROKEN_STATUSES,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.http_messages import (
    TransportError,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.resumption import (
    BreaksOffError,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.retry import (
    DAMAGED_ATTEMPTS,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.status_errors import (
    MAX_MESSAGE,
    StatusError,
)

from tests.unit.plugins.module_utils.fakes.object_server import Answer, Asked, ObjectServer
from tests.unit.plugins.module_utils.fakes.object_store import md5


def cut_at(*places: int) -> list[Answer]:
    """Answers of 1,000 bytes that break off at these places."""
    body = b"x" * 1000
    return [Answer(200, {"ETag": "e"}, body, cut=place) for place in places]


def test_what_breaks_off_at_the_same_byte_twice_is_not_read_again(source: ObjectServer) -> None:
    answers = iter(cut_at(300, 500, 500, 700))
    source.script = lambda _asked: next(answers)
    with pytest.raises(TransportError, match="breaks off after 500 bytes each time: ") as caught:
        source.container(attempts=10).digest("o")
    assert len(source.asked) == 3
    assert not caught.value.retryable


def test_a_connection_that_breaks_somewhere_else_each_time_is_tried_again(
    source: ObjectServer,
) -> None:
    answers = iter([*cut_at(300, 500, 300), Answer(200, {}, b"whole")])
    source.script = lambda _asked: next(answers)
    assert source.container(attempts=10).digest("o").size == len(b"whole")


LARGE = {"X-Static-Large-Object": "True"}


def old_swift(asked: Asked) -> Answer:
    """As Swift 2.17 when the second segment is missing: the connection stays open."""
    last = asked.headers.get("connection") == "close"
    return Answer(200, LARGE, b"x" * 1000, cut=500 if last else None, silent=None if last else 500)


def test_a_large_object_that_lacks_a_segment_shows_it_before_a_silence_does(
    source: ObjectServer,
) -> None:
    source.script = old_swift
    container = source.container(attempts=10)
    container.client.http.silence = 5
    began = time.monotonic()
    with pytest.raises(BreaksOffError, match="breaks off after 500 bytes each time: "):
        container.digest("o")
    assert time.monotonic() - began < container.client.http.silence
    asked = [request.headers.get("connection") for request in source.asked]
    assert asked == [None, "close", "close"]


def test_what_falls_silent_at_the_same_byte_twice_is_not_read_again(source: ObjectServer) -> None:
    # libcurl looks at the last five seconds: after one byte a second shows that no more comes.
    source.script = lambda _asked: Answer(200, {}, b"x" * 1000, silent=1)
    container = source.container(attempts=10)
    container.client.http.silence = 1
    with pytest.raises(BreaksOffError, match="breaks off after 1 bytes each time: "):
        container.digest("o")
    assert len(source.asked) == 2


@pytest.mark.parametrize("headers", [LARGE, {"X-Object-Manifest": "c/o"}], ids=["slo", "dlo"])
def test_a_large_object_is_read_whole_and_told_once_in_one_try(
    source: ObjectServer, headers: dict[str, str]
) -> None:
    body = bytes(range(256)) * 4096
    source.script = lambda _asked: Answer(200, headers, body)
    told = bytearray()

    def watch() -> Callable[[bytes], None]:
        told.clear()
        return told.extend

    read = source.container(attempts=1).digest("o", watch)
    assert (read.size, read.md5) == (len(body), md5(body))
    assert told == body
    assert len(source.asked) == 2


def test_plain_objects_are_read_over_one_connection(source: ObjectServer) -> None:
    source.script = lambda _asked: Answer(200, {}, b"x" * 1000)
    container = source.container()
    for _number in range(3):
        container.digest("o")
    assert source.connections == 1


def test_what_is_not_there_is_an_answer_of_which_the_beginning_is_kept(
    source: ObjectServer,
) -> None:
    body = b"n" * (MAX_MESSAGE + 1)
    source.script = lambda _asked: Answer(404, body=body)
    read = source.container().digest("o")
    assert (read.response.status, read.size, read.md5) == (404, len(body), md5(body))
    assert read.response.body == body[:MAX_MESSAGE]
    assert len(source.asked) == 1


@pytest.mark.parametrize("status", BROKEN_STATUSES)
def test_an_answer_for_an_object_that_lacks_a_segment_is_tried_a_few_times_only(
    source: ObjectServer, status: int
) -> None:
    source.script = lambda _asked: Answer(status)
    with pytest.raises(StatusError, match=f"^source answered {status} to GET"):
        source.container(attempts=10).digest("o")
    assert len(source.asked) == DAMAGED_ATTEMPTS


def test_what_a_server_says_that_refuses_is_told(source: ObjectServer) -> None:
    source.script = lambda _asked: Answer(403, body=b"not yours")
    with pytest.raises(StatusError, match=r"^source answered 403 .*: not yours\. "):
        source.container().digest("o")


@pytest.mark.security
def test_a_symlink_to_what_must_not_be_read_is_refused(source: ObjectServer) -> None:
    place = {"Content-Location": "/v1/AUTH_x/private/o"}
    source.script = lambda _asked: Answer(200, place, b"secret")
    with pytest.raises(ReachError, match="a symlink leads to container 'private'"):
        source.container(reach=ManifestReach("c")).digest("o")
