# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""An answer's headers, the server that a URL names, and the moment of an HTTP date."""

from __future__ import annotations

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.http_messages import (
    Response,
    moment,
    origin_of,
)


@pytest.mark.parametrize(
    ("head", "headers"),
    [
        (b"HTTP/1.1 200 OK\r\nETag: abc\r\nX-Empty:\r\n\r\n", {"etag": "abc", "x-empty": ""}),
        (b"HTTP/1.1 100 Continue\r\nOld: 1\r\n\r\nHTTP/1.1 201 So: it is\r\nNew: 2\r\n\r\n", None),
        (b"HTTP/1.1 200 OK\r\nX: \t \xc3\xa0 \r\n\r\n", {"x": "\xc3\xa0"}),
        (b"HTTP/1.1 200 OK\r\nA: 1\r\n\r\nTrailer: 2\r\n", {"a": "1", "trailer": "2"}),
        (b"HTTP/1.1 200 OK\r\nX-M-\xc3\x84B: 1\r\n\r\n", {"x-m-\xc3\x84b": "1"}),
        (b"", {}),
    ],
    ids=["plain", "after-100", "utf-8", "trailer", "utf-8-name", "none"],
)
def test_headers_are_those_of_the_final_head(head: bytes, headers: dict[str, str] | None) -> None:
    assert Response(200, head).headers == ({"new": "2"} if headers is None else headers)


def test_an_etag_has_no_quotes() -> None:
    assert Response(200, b'HTTP/1.1 200 OK\r\nETag: "abc-1"\r\n\r\n').etag == "abc-1"
    assert Response(200, b"HTTP/1.1 200 OK\r\n\r\n").etag == ""


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://swift:8080/v1/AUTH_x/c/o?marker=https://other", "https://swift:8080"),
        ("http://[::1]:80", "http://[::1]:80"),
    ],
)
def test_a_server_is_named_without_the_path(url: str, origin: str) -> None:
    assert origin_of(url) == origin


@pytest.mark.parametrize(
    ("date", "seconds"),
    [
        ("Thu, 01 Jan 1970 00:01:00 GMT", 60.0),
        ("Thu, 01 Jan 1969 00:00:00 GMT", None),  # before the epoch
        ("Thu, 01 Jan 2300 00:00:00 GMT", None),  # no clock is that far ahead
        ("yesterday", None),
        ("", None),
    ],
)
def test_the_moment_of_a_date_that_a_clock_may_show(date: str, seconds: float | None) -> None:
    assert moment(date) == seconds
