# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Requests to a container: names, listings, its clock, who may see it."""

from __future__ import annotations

import time
from email.utils import formatdate
from urllib.parse import unquote

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.http_messages import (
    MAX_BODY,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.status_errors import (
    StatusError,
)
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.plugins.module_utils.fakes.object_server import Answer, Asked, ObjectServer

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


def test_a_container_that_may_not_be_seen_may_be_somebody_else_s(source: ObjectServer) -> None:
    source.script = lambda _asked: Answer(403)
    with pytest.raises(StatusError) as caught:
        source.container().stat()
    told = str(caught.value)
    assert told.startswith("source answered 403 to HEAD ")
    assert "check its role and the container's ACL" in told
    assert "all users share one set of container names" in told
