# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Header lines: what a server sends and what is sent to one is one line to every parser."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.state import (
    identity,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.write_fence import (
    lift_fence,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.container_stat import (
    ContainerStat,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport import header
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.curl_handle import (
    Tls,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.header import (
    HeaderError,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.http_client import (
    Http,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.http_messages import (
    Request,
    Response,
    moment,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.status_errors import (
    StatusError,
)

from tests.unit.plugins.module_utils.fakes.object_server import Answer, ObjectServer
from tests.unit.plugins.module_utils.fakes.raw_server import RawServer, answer

BREAKS = pytest.mark.parametrize("char", ["\r", "\n", "\0"], ids=["cr", "lf", "nul"])


@BREAKS
@pytest.mark.parametrize("line", ["X-A: b{}Evil: 1", "X-A{}Evil: 1", "{}X-A: 1", "X-A: 1{}", "{}"])
def test_a_line_with_a_break_in_it_is_refused(char: str, line: str) -> None:
    head = f"HTTP/1.1 200 OK\r\nETag: e\r\n{line.format(char)}\r\n\r\n".encode()
    with pytest.raises(HeaderError):
        assert not Response(200, head).headers


@pytest.mark.parametrize("line", [" Evil: 1", "\tEvil: 1", "X-A : 1", "X A: 1", ": 1"])
def test_a_name_that_parsers_differ_about_is_refused(line: str) -> None:
    with pytest.raises(HeaderError):
        header.read(f"HTTP/1.1 200 OK\r\nX: 1\r\n{line}\r\n\r\n".encode())


@BREAKS
@pytest.mark.parametrize("where", ["name", "value"])
def test_no_request_is_sent_with_a_break_in_a_header(
    destination: ObjectServer, char: str, where: str
) -> None:
    destination.script = lambda _asked: Answer(201)
    bad = {f"X-A{char}Evil": "1"} if where == "name" else {"X-A": f"1{char}Evil: 1"}
    with pytest.raises(HeaderError, match="nothing is sent"):
        Http(Tls()).send(Request("PUT", f"{destination.url}/o", bad))
    assert destination.asked == []


@pytest.mark.parametrize("bad", [{"": "1"}, {"A:B": "1"}, {"A B": "1"}, {"X-Auth-Token": "\u20ac"}])
def test_what_is_no_header_is_not_sent(bad: dict[str, str]) -> None:
    with pytest.raises(HeaderError, match="nothing is sent"):
        header.lines(bad)


@pytest.mark.parametrize("value", ["", "5x", "+5", "-1", "1_0", " 5", "5, 5", "9" * 19, "²"])
def test_a_number_is_digits_only(value: str) -> None:
    with pytest.raises(HeaderError, match=r"x-n .*no whole number"):
        header.number({"x-n": value}, "x-n")


@pytest.mark.parametrize("text", ["", "5x", "-1", "²", "\u0667", "9" * 19, "9" * 5000])
def test_what_is_no_whole_number_may_be_left_out(text: str) -> None:
    assert header.whole_number(text) is None
    assert header.whole_number("05") == 5


def test_a_number_is_read() -> None:
    assert header.number({"x-n": "05"}, "x-n") == 5
    assert header.number({}, "x-n") == 0


@pytest.mark.parametrize("created", ["1700000000.00000", "1700000000"])
def test_a_container_is_named_by_when_it_was_made(source: ObjectServer, created: str) -> None:
    found = ContainerStat(0, 0, {"x-timestamp": created}, (0, 0))
    assert identity(source.container(), found) == f"AUTH_x/c@{created}"


@pytest.mark.parametrize(
    "created",
    [
        "1700000000.00000\nX-Container-Read: .r:*",
        "1700000000.00000,1",
        "now",
        "1e9",
        "inf",
        "1" * 13,
    ],
)
def test_no_container_is_named_by_what_is_no_moment(source: ObjectServer, created: str) -> None:
    found = ContainerStat(0, 0, {"x-timestamp": created}, (0, 0))
    with pytest.raises(HeaderError, match="x-timestamp"):
        identity(source.container(), found)


@pytest.mark.parametrize(
    "date",
    [
        "Fri, 31 Dec 9999 23:59:59 GMT",
        "Fri, 01 Jan 2026 00:00:00 +99999999999999",
        f"Fri, 01 Jan 2026 {'9' * 5000}:00:00 GMT",
        "Mon, 01 Jan 1900 00:00:00 GMT",
        "nonsense",
        "",
    ],
)
def test_what_is_no_date_of_our_time_is_none(date: str) -> None:
    assert moment(date) is None


@pytest.mark.parametrize("kept", ["1", "1/2/3", "1/x", "\xb2/"])
def test_a_fence_gives_back_numbers_only(kept: str) -> None:
    def request(*_arguments: Any, **_named: Any) -> None:
        raise AssertionError("nothing may be written")

    stat = ContainerStat(0, 0, {"x-container-meta-migration-fence": kept}, (0, 0))
    container: Any = SimpleNamespace(stat=lambda: stat, request=request, what="container 'c'")
    with pytest.raises(MigrationError, match="no two numbers"):
        lift_fence(container)


def _status_line(rest: bytes) -> Callable[[bytes], bytes]:
    return lambda _head: answer(404, b"HTTP/" + rest)


@pytest.mark.parametrize("rest", [b"x", b"1.1: 200", b"1.1 twenty: 1", b"1.1: \xff"])
def test_a_header_that_looks_like_a_status_is_none(rest: bytes) -> None:
    with RawServer().running() as server:
        server.script = _status_line(rest)
        try:
            status = server.container().request("GET", "o", accept=(404,)).status
        except MigrationError as error:
            assert not isinstance(error, StatusError)
        else:
            assert status == 404
