# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Answers that would fill the memory: each kind has a limit, and its memory is measured."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._copy.transfer import Transfer
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.container import (
    Container,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.listing import (
    ListedObject,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.manifest import (
    read_manifest,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.curl_handle import (
    MAX_HEAD,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.http_messages import (
    MAX_BODY,
)

from tests.unit.plugins.module_utils.fakes.memory_bombs import BOMBS, at_most
from tests.unit.plugins.module_utils.fakes.raw_server import RawServer, answer

pytestmark = pytest.mark.security

MIB = 1024 * 1024
PUT_SIZE = 300_000

CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"
"""A whole answer but for its trailer."""


@BOMBS
def test_a_listing_page_of_many_values_is_refused(body: bytes) -> None:
    page = answer(200, body=body.rstrip(b"]") + b"]")
    with RawServer().running() as server:
        server.script = lambda _head: page
        with at_most(4 * MAX_BODY), pytest.raises(MigrationError, match="not a listing"):
            list(server.container().listing())


def test_a_listing_page_without_end_is_refused() -> None:
    page = answer(200, body=b"[" + b" " * (4 * MAX_BODY) + b"]")
    with RawServer().running() as server:
        server.script = lambda _head: page
        with at_most(4 * MAX_BODY), pytest.raises(MigrationError, match="longer than 16777216"):
            list(server.container().listing())


@BOMBS
def test_a_manifest_of_many_values_is_none(body: bytes) -> None:
    with at_most(4 * MAX_BODY):
        assert read_manifest(body) is None


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\n" + b"X-A: 1\r\n" * 5_000_000,
        b"HTTP/1.1 200 OK\r\nX-A: " + b"x" * 40_000_000,
        b"HTTP/1.1 100 Continue\r\n\r\n" * 1_000_000,
        CHUNKED + b"X-A: 1\r\n" * 3_000_000,
        CHUNKED + (b"X-A: " + b"x" * 3000 + b"\r\n") * 4500,
    ],
    ids=["lines", "line", "continue", "trailer", "long-trailer"],
)
@pytest.mark.parametrize("method", ["HEAD", "GET"])
def test_a_head_without_end_is_refused(head: bytes, method: str) -> None:
    if method == "HEAD" and b"chunked" in head:
        head = head.replace(b"\r\n\r\n0", b"")
    with RawServer().running() as server:
        server.script = lambda _head: head
        with at_most(4 * MIB), pytest.raises(MigrationError, match="libcurl"):
            server.container().request(method, "o")


def test_a_long_head_is_taken() -> None:
    lines = [b"X-Object-Meta-%d: %b" % (number, b"x" * 200) for number in range(MAX_HEAD // 256)]
    with RawServer().running() as server:
        server.script = lambda _head: answer(200, *lines)
        assert len(server.container().request("HEAD", "o").headers) > len(lines)


def test_an_error_without_end_is_refused() -> None:
    error = answer(507, body=b"x" * (4 * MAX_BODY))
    with RawServer().running() as server:
        server.script = lambda _head: error
        with at_most(4 * MAX_BODY), pytest.raises(MigrationError):
            server.container().request("GET", "o")


def _stores(status: int, body: bytes) -> Callable[[bytes], bytes]:
    refusal = answer(status, body=body)
    return lambda _head: refusal


@pytest.mark.parametrize(("status", "size"), [(201, 100), (201, PUT_SIZE), (403, PUT_SIZE)])
def test_the_answer_to_a_put_has_a_limit(status: int, size: int) -> None:
    with RawServer().running() as source, RawServer().running() as destination:
        source.script = lambda _head: answer(200, body=bytes(size))
        destination.script = _stores(status, b"x" * (6 * MAX_BODY))
        entry = ListedObject("o", size, "h", "a/b", "2026-01-01T00:00:00.000000")
        with at_most(4 * MAX_BODY), pytest.raises(MigrationError):
            Transfer(source.container(), destination.container()).copy(entry)


@pytest.mark.parametrize("name", ["", ".", "..", "a\n", "a/b"])
def test_no_manifest_leads_out_of_the_account(name: str) -> None:
    with RawServer().running() as server:
        container: Container = server.container()
        with pytest.raises(MigrationError, match="name"):
            container.sibling(name)
