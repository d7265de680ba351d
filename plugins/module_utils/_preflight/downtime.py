# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Of which steps a downtime is made, and how long they take together.  Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from .rates import Span

UNKNOWN = dict.fromkeys(Span._fields)


class Step(NamedTuple):
    """Something that happens while the application is down.

    :param time: None where nobody has measured it.
    :param word: what it is called in a summary.
    """

    name: str
    time: Span | None
    word: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Give it as a module returns it."""
        return {"name": self.name, **(self.time.to_dict() if self.time else UNKNOWN)}


def total(steps: Sequence[Step]) -> Span:
    """How long all take that were measured."""
    known = Span(0, 0, 0)
    for step in steps:
        known = known.plus(step.time) if step.time else known
    return known


def downtime(steps: Sequence[Step]) -> dict[str, Any]:
    """Give the steps and their sum as a module returns them."""
    return {
        **total(steps).to_dict(),
        "steps": [step.to_dict() for step in steps],
        "not_measured": [step.name for step in steps if step.time is None],
    }
