# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""How the work on one object ended."""

from __future__ import annotations

import enum
from typing import NamedTuple


class Kind(enum.Enum):
    """How the work on one object ended."""

    COPIED = "copied"
    KEPT = "kept"
    DELETED = "deleted"
    UNLISTED = "unlisted"
    VANISHED = "vanished"
    EXPIRED = "expired"
    UNREADABLE = "unreadable"
    LARGE = "large"
    POSTPONED = "postponed"
    FAILED = "failed"


class Outcome(NamedTuple):
    """How the work on one object ended.

    :param size: bytes carried.
    :param reason: why it failed, or why nothing could be read, in one line.
    """

    kind: Kind
    name: str
    size: int = 0
    reason: str = ""
