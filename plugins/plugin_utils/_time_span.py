# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Spans of time in words, as exact as a forecast is.  Pure."""

from __future__ import annotations

_UNITS = ((2 * 86400, 86400, "days"), (90 * 60, 3600, "h"), (90, 60, "min"), (0, 1, "s"))
"""From how many seconds on which unit is used, its seconds, and its name."""


def between(low: float, high: float) -> str:
    """Give a range in one unit, such as ``12 to 15 min``.

    :param low: seconds; so is `high`.
    """
    size, name = _unit(high)
    least, most = round(low / size), max(1, round(high / size))
    if most <= 1 and name == "s":
        return "about 1 s"
    return f"{least} to {most} {name}" if least < most else f"about {most} {name}"


def about(seconds: float) -> str:
    """Give one time, such as ``about 40 s``."""
    return f"about {_number(seconds)}"


def at_least(seconds: float) -> str:
    """Give a time that something is missing from, such as ``40 s or more``."""
    return f"{_number(seconds)} or more"


def _number(seconds: float) -> str:
    size, name = _unit(seconds)
    return f"{max(1, round(seconds / size))} {name}"


def _unit(seconds: float) -> tuple[int, str]:
    return next((size, name) for least, size, name in _UNITS if seconds >= least)
