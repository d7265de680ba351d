# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A preflight's report for a terminal: the worst first, no line wider than need be.  Pure."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ansible_collections.fnndsc.swift_migration.plugins.module_utils._check import FAILURE, OK
from ansible_collections.fnndsc.swift_migration.plugins.plugin_utils._preflight_report import (
    Found,
    PreflightReport,
)

_NARROW = 60
"""Below so many columns, one thing stands below the other."""
_VERDICT = len("failure")
_GAP = "  "
_INDENT = "  "


class Line(NamedTuple):
    """A line, and the verdict that it belongs to; empty if it belongs to none."""

    text: str
    verdict: str = ""


class PreflightTable:
    """Lays a report out.

    :param width: of the terminal, in columns.
    """

    def __init__(self, report: PreflightReport, width: int) -> None:
        self._report = report
        self._width = max(width, 20)
        # A name needs its host only where there are several.
        self._several = len({found.host for found in report.found}) > 1
        longest = max((len(self._name(found)) for found in report.found), default=0)
        self._column = min(longest, self._width // 3)

    def lines(self) -> Iterator[Line]:
        """Give all lines, from the worst check to the forecast."""
        for found in self._report.found:
            yield from self._lines_of(found)
        if self._report.steps:
            yield Line("")
            for name, span in self._report.steps:
                yield from (Line(text) for text in self._wrap(f"{name}: {span}"))

    def _lines_of(self, found: Found) -> Iterator[Line]:
        check = found.check
        verdict = check.verdict.upper() if check.verdict == FAILURE else check.verdict
        narrow = self._width < _NARROW
        left = 0 if narrow else _VERDICT + len(_GAP) + self._column + len(_GAP)
        room = self._width - (len(_INDENT) if narrow else left)
        seen = self._seen(found, room)
        if narrow:
            for text in self._wrap(f"{verdict}{_GAP}{self._name(found)}"):
                yield Line(text, check.verdict)
            yield from (Line(f"{_INDENT}{text}", check.verdict) for text in seen)
            return
        names = _wrapped(self._name(found), self._column)
        for row in range(max(len(names), len(seen))):
            name = names[row] if row < len(names) else ""
            text = seen[row] if row < len(seen) else ""
            first = verdict if row == 0 else ""
            cells = f"{first:{_VERDICT}}{_GAP}{name:{self._column}}{_GAP}{text}"
            yield Line(cells.rstrip(), check.verdict)

    def _name(self, found: Found) -> str:
        return f"{found.host}: {found.check.name}" if self._several else found.check.name

    def _seen(self, found: Found, room: int) -> Sequence[str]:
        check = found.check
        if check.verdict == OK:
            return [textwrap.shorten(check.seen, room, placeholder=" ...")]
        remedy = _wrapped(check.remedy, room - 3) if check.remedy else []
        return [
            *_wrapped(check.seen, room),
            *(f"{'-> ' if row == 0 else '   '}{text}" for row, text in enumerate(remedy)),
        ]

    def _wrap(self, text: str) -> list[str]:
        return textwrap.wrap(
            text,
            self._width,
            subsequent_indent=_INDENT,
            break_long_words=False,
            break_on_hyphens=False,
        )


def _wrapped(text: str, width: int) -> list[str]:
    """Wrap at blanks only: half a URL or half a path is of no use."""
    return textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False) or [""]
