# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Ansible filter rehearsed_forecast."""

from __future__ import annotations

DOCUMENTATION = r"""
name: rehearsed_forecast
short_description: Tell for how long an application will be down, by a rehearsal
version_added: 0.1.0
description:
  - Takes the forecast that M(fnndsc.swift_migration.swift_preflight) returns, and puts what a
    rehearsal has measured in the place of what was estimated.
  - What nobody has measured, such as how long the application takes to stop and to start, is null
    and named.
positional: measured, changes
options:
  _input:
    description: What the module returns as C(forecast); its rates tell how long the changes take.
    type: dict
    required: true
  measured:
    description:
      - Seconds of C(listings), both of which were read to find what has changed; C(proof), a whole
        comparison; C(notes), what is noted at the destination; C(switch), the env files; C(look),
        the look at the new storage from within all services.
    type: dict
    required: true
  changes:
    description: What is left to copy, with C(objects) and C(bytes).
    type: dict
    required: true
author:
  - fnndsc.swift_migration contributors (@FNNDSC)
"""

EXAMPLES = r"""
- name: Show what a cutover would take
  ansible.builtin.debug:
    msg: "{{ looked.forecast | fnndsc.swift_migration.rehearsed_forecast(measured, changes) }}"
  vars:
    measured: {listings: 4.2, proof: 9.1, notes: 3.0, switch: 1.5, look: 4.0}
    changes: {objects: 120, bytes: 1000000}
"""

RETURN = r"""
_value:
  description:
    - The forecast, whose C(downtime) is made of the steps of the cutover that was rehearsed, and
      C(way_back) of those of a rollback. Each has C(low), C(seconds), C(high), C(steps), and the
      names of those steps that were C(not_measured).
    - C(summary) tells both in a sentence each.
  type: dict
  sample:
    downtime:
      low: 16.8
      seconds: 21.9
      high: 28.5
      not_measured: [CUBE stops, CUBE starts]
      steps:
        - {name: CUBE stops, low: null, seconds: null, high: null}
    summary:
      - CUBE would be down for about 22 s, and for its stop and its start
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from ansible_collections.fnndsc.swift_migration.plugins.module_utils._preflight.rates import (
    Span,
    about,
)

UNKNOWN = dict.fromkeys(Span._fields)


class Step(NamedTuple):
    """A part of a downtime.

    :param word: for the summary.
    :param time: None where nobody has measured it.
    """

    name: str
    word: str
    time: Span | None

    def to_dict(self) -> dict[str, Any]:
        """Give it as a module would."""
        return {"name": self.name, **(self.time.to_dict() if self.time else UNKNOWN)}

    def __str__(self) -> str:
        return f"{self.word} {f'{self.time.seconds:.1f} s' if self.time else '?'}"


def rehearsed_forecast(
    forecast: Mapping[str, Any], measured: Mapping[str, float], changes: Mapping[str, int]
) -> dict[str, Any]:
    """See the filter's documentation."""
    time = {name: about(float(seconds)) for name, seconds in measured.items()}
    stop = Step("CUBE stops", "stop", None)
    start = Step("CUBE starts", "start", None)
    listings = Step("both listings are read", "listings", time["listings"])
    switch = Step("the env files are changed", "switch", time["switch"])
    look = Step("its storage is looked at", "look", time["look"])
    cutover = [
        stop,
        listings,
        Step("what has changed is copied", "rest", _copying(forecast, changes)),
        Step("the proof is made", "proof", time["proof"]),
        Step("the phase is noted", "notes", time["notes"]),
        switch,
        start,
        look,
    ]
    written = Step("what CUBE has written since is copied", "what was written since", None)
    back = [stop, listings, written, switch, start, look]
    return {
        **forecast,
        "downtime": _sum(cutover),
        "way_back": _sum(back),
        "summary": [
            f"CUBE would be down for {_told(cutover)}.",
            f"The way back would take {_told(back)}.",
        ],
    }


def _copying(forecast: Mapping[str, Any], changes: Mapping[str, int]) -> Span | None:
    """How long so much takes at the rates that were measured; a rate of None costs nothing."""
    objects, size = int(changes["objects"]), int(changes["bytes"])
    if not (objects or size):
        return Span(0, 0, 0)
    rates = forecast.get("rates")
    if rates is None:
        return None
    per_second = ((objects, rates["objects_per_second"]), (size, rates["bytes_per_second"]))
    return about(sum(amount / rate for amount, rate in per_second if rate))


def _total(steps: Sequence[Step]) -> Span:
    total = Span(0, 0, 0)
    for step in steps:
        total = total.plus(step.time) if step.time else total
    return total


def _sum(steps: Sequence[Step]) -> dict[str, Any]:
    return {
        **_total(steps).to_dict(),
        "steps": [step.to_dict() for step in steps],
        "not_measured": [step.name for step in steps if step.time is None],
    }


def _told(steps: Sequence[Step]) -> str:
    unknown = [step.word for step in steps if step.time is None]
    more = f", and for what is not measured ({', '.join(unknown)})" if unknown else ""
    return f"about {_total(steps).seconds:.0f} s{more}: {', '.join(map(str, steps))}"


class FilterModule:
    """The filter plugin."""

    def filters(self) -> dict[str, Callable[..., dict[str, Any]]]:
        """Return the filter by its name."""
        return {"rehearsed_forecast": rehearsed_forecast}
