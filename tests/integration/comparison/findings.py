# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What a comparison found, and bytes for it to find."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.integration.pair import Pair

Compare = Callable[..., dict[str, Any]]
"""Runs swift_compare on a pair."""


def outcomes(result: dict[str, Any]) -> dict[str, int]:
    return {outcome: number for outcome, number in result["objects"].items() if number}


def rot(pair: Pair) -> None:
    """Change the bytes of data/0004 on the destination's disk: its server notices on reading."""
    root = pair.lab.state.cluster("destination")
    wanted = bytes([4]) * 100
    found = [path for path in root.rglob("*.data") if path.read_bytes() == wanted]
    newest = max(found, key=lambda path: path.stat().st_mtime)
    with newest.open("r+b") as file:
        file.write(b"!")
