# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Pieces in, blocks out, in their order; the last one only when all is verified."""

from __future__ import annotations

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport import block_queue
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.block_queue import (
    FULL,
    LOW,
    BlockQueue,
)

from tests.unit.plugins.module_utils.fakes.object_store import md5


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(block_queue, "BLOCK", 4)


def all_of(queue: BlockQueue, size: int) -> list[bytes]:
    read = []
    while queue.is_sendable:
        read.append(queue.read(size))
    return read


def test_pieces_come_out_in_blocks_and_each_block_is_told() -> None:
    told: list[bytes] = []
    queue = BlockQueue(told.append)
    for piece in (b"ab", b"cde", b"f"):
        queue.add(piece)
    assert told == [b"abcde"]
    assert queue.end() == md5(b"abcdef")
    assert told == [b"abcde", b"f"]
    queue.release()
    assert all_of(queue, 100) == [b"abcde", b"f"]


def test_no_more_is_read_at_once_than_is_asked_for() -> None:
    queue = BlockQueue(lambda _block: None)
    queue.add(b"abcde")
    queue.end()
    queue.release()
    assert all_of(queue, 2) == [b"ab", b"cd", b"e", b""]


def test_the_last_block_stays_until_all_is_verified() -> None:
    queue = BlockQueue(lambda _block: None)
    assert not queue.is_sendable
    queue.add(b"1111")
    assert not queue.is_sendable
    queue.add(b"2222")
    assert all_of(queue, 100) == [b"1111"]
    queue.end()
    assert all_of(queue, 100) == [b"2222"]
    queue.release()
    assert all_of(queue, 100) == [b""]


def test_it_is_full_with_so_many_blocks_and_low_with_fewer() -> None:
    queue = BlockQueue(lambda _block: None)
    states = []
    for _number in range(FULL):
        states.append((queue.is_full, queue.is_low))
        queue.add(b"1111")
    assert queue.is_full
    assert states == [(False, number <= LOW) for number in range(FULL)]
