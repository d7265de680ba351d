# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""JSON that a server sent: what it becomes in memory has a limit, as its bytes have."""

from __future__ import annotations

import json
import re
from typing import Any

MAX_VALUES = 1_000_000
"""Values in one answer.  A page of 10,000 objects has 60,000; of three bytes each, in lists of
their own, 16 MiB would be 360 MiB in memory."""

_STRING = re.compile(rb'"(?:[^"\\]|\\.)*+"', re.DOTALL)


def read_json(body: bytes) -> Any:
    """Read an answer's body.

    :raises ValueError: it is no JSON, is nested too deep, or has too many values.
    """
    # A value takes two bytes at least: itself, and what parts it from the next or ends it.
    if len(body) // 2 > MAX_VALUES and _marks(body) > MAX_VALUES and _has_too_many(body):
        raise ValueError(f"there are more than {MAX_VALUES:,} values in it")
    try:
        return json.loads(body)
    except RecursionError:
        raise ValueError("it is nested too deep") from None


def _marks(body: bytes) -> int:
    """How many values it has at most."""
    return body.count(b",") + body.count(b"[") + body.count(b"{")


def _has_too_many(body: bytes) -> bool:
    """The same without the marks within texts, as names of objects have them."""
    values = _marks(body)
    for texts, text in enumerate(_STRING.finditer(body)):
        if texts > MAX_VALUES:
            return True
        values -= _marks(text[0])
    return values > MAX_VALUES
