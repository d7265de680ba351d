# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""JSON that is small enough for an answer and would fill the memory when it is read."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.http_messages import (
    MAX_BODY,
)


@contextmanager
def at_most(limit: int) -> Iterator[None]:
    """See that no more than these bytes of memory are taken at any time."""
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < limit
    finally:
        tracemalloc.stop()


def filled(item: bytes) -> bytes:
    """A list of JSON that is almost as long as an answer may be."""
    return b"[" + item * ((MAX_BODY - 10) // len(item)) + b"1]"


BOMBS = pytest.mark.parametrize(
    "body",
    [filled(b"[],"), filled(b"{},"), filled(b"999,"), b"[" * (MAX_BODY - 10)],
    ids=["lists", "objects", "numbers", "deep"],
)
