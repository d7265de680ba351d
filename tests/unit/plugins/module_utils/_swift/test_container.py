# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Requests to a container: names, listings, its clock, what breaks off."""

from __future__ import annotations

import time
from collections.abc import Callable
from email.utils import formatdate
from urllib.parse import unquote

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.http_messages import (
    MAX_BODY,
    TransportError,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.resumption import (
    BreaksOffError,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.status_errors import (
    StatusError,
)
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.plugins.module_utils.fakes.object_server import Answer, Asked, ObjectServer
from tests.unit.plugins.module_utils.fakes.object_store import md5

ODD_NAMES = ["a//b", "/x", "a/../b", "./c", "q?#%20", "new\nline", "tab\t", "ü/日本", "dir/", " "]


@pytest.mark.parametrize("name", ODD_NAMES)
def test_an_odd_name_arrives_as_it_is(source: ObjectServer, name: str) -> None:
    source.script = lambda _asked: Answer(200)
    source.container().request("GET", name)
    assert unquote(source.asked[0].path) == f"/v1/AUTH_x/c/{name}"


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1))
def test_any_name_is_quoted_reversibly(name: str) -> None:
    server = ObjectServer()
    url = server.container().prepare("GET", name).url
    assert url.isascii()
    assert unquote(url.removeprefix(server.storage_url)) == f"/c/{name}"


def test_a_listing_asks_without_limit_and_from_the_quoted_marker(source: ObjectServer) -> None:
    source.script = lambda _asked: Answer(200, body=b"[]")
    assert source.container().page("a&b ü", "p/") == b"[]"
    (asked,) = source.asked
    assert asked.path == "/v1/AUTH_x/c?format=json&marker=a%26b%20%C3%BC&prefix=p%2F"


@pytest.mark.parametrize("answer", [Answer(204), Answer(200, body=b"[]")])
def test_both_forms_of_an_empty_page_end_a_listing(source: ObjectServer, answer: Answer) -> None:
    source.script = lambda _asked: answer
    assert list(source.container().listing()) == []


@pytest.mark.parametrize("body", [b"<html>captive portal</html>", b"", b"{}", b"null"])
def test_an_answer_that_is_no_listing_is_an_error_and_not_the_end(
    source: ObjectServer, body: bytes
) -> None:
    source.script = lambda _asked: Answer(200, body=body)
    with pytest.raises(MigrationError, match=r"^source\.container: .* is not a listing"):
        list(source.container().listing())


def test_a_page_that_does_not_fit_in_memory_is_asked_for_in_a_shorter_one(
    source: ObjectServer,
) -> None:
    def script(asked: Asked) -> Answer:
        return Answer(200, body=b"[]" if "limit=1000" in asked.path else bytes(MAX_BODY + 1))

    source.script = script
    assert source.container().page("m", "p") == b"[]"
    assert source.asked[1].path == f"{source.asked[0].path}&limit=1000"


def test_a_missing_container_is_named_with_its_option(source: ObjectServer) -> None:
    with pytest.raises(MigrationError, match=r"^source\.container: container 'c' does not exist"):
        list(source.container().listing())
    assert source.container().stat() is None


def test_a_stat_bounds_the_servers_clock_by_this_hosts_around_the_request(
    source: ObjectServer,
) -> None:
    ahead = 600
    source.script = lambda _asked: Answer(204, {"Date": formatdate(time.time() + ahead)})
    stat = source.container().stat()
    assert stat is not None
    low, high = stat.clock
    assert low <= ahead <= high
    assert high - low < 3


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
    source.script = lambda _asked: Answer(200, {}, b"x" * 1000, silent=500)
    container = source.container(attempts=10)
    container.client.http.silence = 1
    with pytest.raises(BreaksOffError, match="breaks off after 500 bytes each time: "):
        container.digest("o")
    assert len(source.asked) == 2


@pytest.mark.parametrize("headers", [LARGE, {"X-Object-Manifest": "c/o"}], ids=["slo", "dlo"])
def test_a_large_object_is_read_whole_and_told_once(
    source: ObjectServer, headers: dict[str, str]
) -> None:
    body = bytes(range(256)) * 4096
    source.script = lambda _asked: Answer(200, headers, body)
    told = bytearray()

    def watch() -> Callable[[bytes], None]:
        told.clear()
        return told.extend

    read = source.container().digest("o", watch)
    assert (read.size, read.md5) == (len(body), md5(body))
    assert told == body
    assert len(source.asked) == 2


def test_plain_objects_are_read_over_one_connection(source: ObjectServer) -> None:
    source.script = lambda _asked: Answer(200, {}, b"x" * 1000)
    container = source.container()
    for _number in range(3):
        container.digest("o")
    assert source.connections == 1


def test_a_container_that_may_not_be_seen_may_be_somebody_else_s(source: ObjectServer) -> None:
    source.script = lambda _asked: Answer(403)
    with pytest.raises(StatusError) as caught:
        source.container().stat()
    told = str(caught.value)
    assert told.startswith("source answered 403 to HEAD ")
    assert "check its role and the container's ACL" in told
    assert "all users share one set of container names" in told
