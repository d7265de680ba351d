# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What a preflight found on all hosts, and what it comes to.  Pure."""

from __future__ import annotations

import datetime
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from ansible_collections.fnndsc.swift_migration.plugins.module_utils._check import (
    FAILURE,
    OK,
    VERDICTS,
    WARNING,
    Check,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._printable import printable
from ansible_collections.fnndsc.swift_migration.plugins.plugin_utils._time_span import (
    about,
    at_least,
    between,
)


class Found(NamedTuple):
    """A check, and the host where it was made."""

    host: str
    check: Check


@dataclass(frozen=True)
class PreflightReport:
    """What was found, the worst first.

    :ivar checks: by host, in the order in which they were made.
    :ivar forecast: what :mod:`swift_preflight` returns as such; None without one.
    :ivar moment: when, in UTC.
    :ivar title: what was done to find it.
    """

    checks: Mapping[str, Sequence[Mapping[str, str]]]
    forecast: Mapping[str, Any] | None
    moment: datetime.datetime
    title: str = "preflight"

    @cached_property
    def found(self) -> list[Found]:
        """All checks; within one verdict in their order.

        :raises ValueError: a verdict is none.
        :raises TypeError: a check has other keys than it should.
        """
        every = [
            Found(host, Check(**{key: printable(str(value)) for key, value in check.items()}))
            for host, checks in self.checks.items()
            for check in checks
        ]
        return sorted(every, key=lambda found: VERDICTS.index(found.check.verdict))

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many checks have which verdict."""
        found = Counter(each.check.verdict for each in self.found)
        return {verdict: found[verdict] for verdict in VERDICTS}

    @property
    def verdict(self) -> str:
        """The worst one; where nothing was looked at, nothing is known to be well."""
        return next((each for each in VERDICTS if self.counts[each]), FAILURE)

    @property
    def summary(self) -> str:
        """The verdict in one line."""
        if not self.found:
            return f"{self.title}: nothing was looked at"
        names = {FAILURE: "failure", WARNING: "warning", OK: "ok"}
        told = [
            f"{number} {names[verdict]}{'' if number == 1 or verdict == OK else 's'}"
            for verdict, number in self.counts.items()
        ]
        return f"{self.title}: {', '.join(told)}; {self.expectation}"

    @property
    def expectation(self) -> str:
        """How long it will take, in one line."""
        first = (self.forecast or {}).get("first_copy")
        if not self.forecast or not first:
            return "how long it will take was not measured"
        down = self.forecast["downtime"]
        told = at_least if down["not_measured"] else about
        return (
            f"expect {between(first['low'], first['high'])} for the first copy, "
            f"CUBE down for {told(down['seconds'])}"
        )

    @property
    def steps(self) -> list[tuple[str, str]]:
        """What takes how long, a line each."""
        if not self.forecast:
            return []
        rows = [("first copy", self.forecast.get("first_copy"))]
        rows += [("copy of what changes in an hour", self.forecast.get("hourly_copy"))]
        rows += [(f"CUBE down: {s['name']}", s) for s in self.forecast["downtime"]["steps"]]
        return [(printable(name), _range(span)) for name, span in rows]

    def to_json(self) -> bytes:
        """Give it as a file that programs read."""
        told = {
            "moment": self.moment.isoformat(timespec="seconds"),
            "verdict": self.verdict,
            "summary": self.summary,
            "counts": self.counts,
            "checks": [{"host": host, **check.to_dict()} for host, check in self.found],
            "forecast": self.forecast,
        }
        return json.dumps(told, indent=4).encode() + b"\n"


def _range(span: Mapping[str, Any] | None) -> str:
    if not span or span["seconds"] is None:
        return "not measured"
    return between(span["low"], span["high"])
