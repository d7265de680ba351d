# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What is done to a Ceph's pool behind the gateway's back: its index goes on listing the objects.

The gateway keeps an object's first bytes, and what is known of it, in one object of the pool (the
head), and the rest in others (the tail).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers.ceph import Ceph

HEAD = 4 << 20
"""Bytes of an object that are in its head."""


class Pool:
    """The pool of one Ceph."""

    def __init__(self, ceph: Ceph, scratch: Path) -> None:
        self._ceph, self._scratch = ceph, scratch

    @contextmanager
    def made(self) -> Iterator[list[str]]:
        """Give, when the block ends, what came into the pool in it."""
        before, made = self._listed(), list[str]()
        yield made
        made += sorted(self._listed() - before)

    def remove(self, stored: str) -> None:
        self._ceph.rados("rm", stored)

    def truncate(self, stored: str, size: int) -> None:
        self._ceph.rados("truncate", stored, str(size))

    def overwrite(self, stored: str, data: bytes) -> None:
        """Put other bytes in the place of the first ones."""
        path = self._scratch / "bytes"
        path.write_bytes(data)
        self._ceph.rados("put", stored, str(path), "--offset", "0")

    def _listed(self) -> set[str]:
        return set(self._ceph.rados("ls").splitlines())


def head(made: list[str], name: str) -> str:
    """The object of the pool that is the head of an object of this name."""
    [found] = [stored for stored in made if stored.endswith(f"_{name}")]
    return found


def tail(made: list[str]) -> str:
    """The object of the pool that is the tail of an object."""
    [found] = [stored for stored in made if "__shadow_" in stored]
    return found
