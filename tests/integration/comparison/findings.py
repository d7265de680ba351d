# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What a comparison found, and bytes for it to find."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.integration.pair import Pair

Compare = Callable[..., dict[str, Any]]
"""Runs swift_compare on a pair."""

Enter = Callable[[str], None]
"""Lets a pair's migration enter a phase."""


def outcomes(result: dict[str, Any]) -> dict[str, int]:
    return {outcome: number for outcome, number in result["objects"].items() if number}


def lose(pair: Pair, side: str, content: bytes) -> None:
    """Delete an object with these bytes on the disk of a side: its listing goes on showing it."""
    _stored(pair, side, content).unlink()


def rot(pair: Pair, side: str = "destination", content: bytes = bytes([4]) * 100) -> None:
    """Change the bytes of an object on the disk of a side: its server notices on reading.

    :param content: the bytes that it has; those of data/0004 unless others are given.
    """
    with _stored(pair, side, content).open("r+b") as file:
        file.write(b"!")


def _stored(pair: Pair, side: str, content: bytes) -> Path:
    """The file of an object of the pair; others on the same disk may have the same bytes."""
    root = pair.lab.state.cluster(side)
    found = [
        path
        for path in root.rglob("*.data")
        if path.read_bytes() == content
        and pair.name.encode() in os.getxattr(path, "user.swift.metadata")
    ]
    return max(found, key=lambda path: path.stat().st_mtime)
