# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A source whose header lines hold more than one: none of it is a header at the destination."""

from __future__ import annotations

import contextlib
import re

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._copy.transfer import Transfer
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.listing import (
    ListedObject,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.object_headers import (
    CARRIED_HEADERS,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.header import (
    HeaderError,
)
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.unit.plugins.module_utils.fakes.raw_server import RawServer, answer

pytestmark = pytest.mark.security

OURS = {
    b"host",
    b"user-agent",
    b"accept",
    b"x-auth-token",
    b"content-length",
    b"etag",
    b"x-object-meta-a",
    *(name.encode() for name in CARRIED_HEADERS),
}
NAMES = [*sorted(CARRIED_HEADERS), "x-object-meta-a", "etag", "content-length", "last-modified"]

PIECES = [
    b"\r",
    b"\n",
    b"\0",
    b"\r\n",
    b"\r\n ",
    b"Evil: 1",
    b"1",
    b" ",
    b":",
    b"\xc3\xa4",
    b"\x85",
]
VALUES = st.lists(st.sampled_from(PIECES), max_size=6).map(b"".join)


def lenient_names(head: bytes) -> set[bytes]:
    """The names of a request's headers, as a parser reads them that takes all for a line's end."""
    _request, *lines = re.split(rb"[\r\n\0]+", head)
    return {line.partition(b":")[0].strip().lower() for line in lines}


@pytest.mark.parametrize("body", [b"", b"bytes", bytes(200_000)], ids=["empty", "small", "stream"])
@given(name=st.sampled_from(NAMES), value=VALUES)
@example(name="x-object-meta-a", value=b"x\nX-Copy-From: /secret/key")
@example(name="content-type", value=b"a/b\rX-Object-Manifest: secret/key")
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_header_of_a_source_becomes_two(body: bytes, name: str, value: bytes) -> None:
    with RawServer().running() as source, RawServer().running() as destination:
        source.script = lambda _head: answer(200, name.encode() + b": " + value, body=body)
        destination.script = lambda _head: answer(201)
        entry = ListedObject("o", len(body), "h", "a/b", "2026-01-01T00:00:00.000000")
        with contextlib.suppress(MigrationError):
            Transfer(source.container(), destination.container()).copy(entry)
        assert source.heads
        for head in destination.heads:
            assert lenient_names(head) <= OURS
            assert not re.search(rb"\r(?!\n)|(?<!\r)\n|\0", head)


@pytest.mark.parametrize("name", [*sorted(CARRIED_HEADERS), "x-object-meta-a"])
def test_the_object_of_such_a_header_is_not_copied(name: str) -> None:
    with RawServer().running() as source, RawServer().running() as destination:
        source.script = lambda _head: answer(200, name.encode() + b": 1\nX-Copy-From: /a/b")
        entry = ListedObject("o", 0, "h", "a/b", "2026-01-01T00:00:00.000000")
        with pytest.raises(HeaderError, match="not one line"):
            Transfer(source.container(), destination.container()).copy(entry)
        assert destination.heads == []
