# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Bodies that are the same each time."""

from __future__ import annotations

import hashlib
import json
import tracemalloc
from collections import deque

import pytest

from tests.dataset.content import CONTENT_TYPES, Content, ContentReader

KINDS = sorted(CONTENT_TYPES)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size", [0, 1, 131, 200_000])
def test_a_body_has_its_size_and_is_the_same_again(kind: str, size: int) -> None:
    content = Content(kind, size, "seed")
    assert len(content.read()) == size
    assert content.read() == Content(kind, size, "seed").read()


@pytest.mark.parametrize("kind", KINDS)
def test_another_seed_gives_another_body(kind: str) -> None:
    assert Content(kind, 5000, "a").read() != Content(kind, 5000, "b").read()


@pytest.mark.parametrize(
    ("kind", "start"),
    [
        ("dicom", bytes(128) + b"DICM"),
        ("png", b"\x89PNG\r\n\x1a\n"),
        ("csv", b"subject,region,volume\n"),
        ("json", b'{"plugin": "pl-dircopy"'),
    ],
)
def test_a_body_begins_as_its_kind_does(kind: str, start: bytes) -> None:
    assert Content(kind, 1000).read().startswith(start)


def test_a_nifti_header_has_its_magic_in_place() -> None:
    assert Content("nifti", 1000).read()[344:348] == b"n+1\0"


def test_the_checksum_is_that_of_the_bytes() -> None:
    content = Content("noise", 200_000, "x")
    assert content.md5() == hashlib.md5(content.read(), usedforsecurity=False).hexdigest()


def test_given_bytes_are_the_body() -> None:
    assert Content.of(b"abc").read() == b"abc"
    assert Content.of(b"abc").size == 3


def test_a_reader_gives_the_body_in_pieces_of_any_size() -> None:
    content = Content("log", 150_000, "x")
    reader = ContentReader(content)
    assert len(reader) == 150_000
    assert b"".join(iter(lambda: reader.read(4097), b"")) == content.read()


def test_memory_does_not_grow_with_the_size() -> None:
    tracemalloc.start()
    deque(Content("noise", 50_000_000).chunks(), maxlen=0)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1_000_000


def test_json_is_json_until_it_is_cut() -> None:
    text = Content("json", 100_000).read().decode()
    assert json.loads(text[: text.rindex(",")] + "]}")["plugin"] == "pl-dircopy"
