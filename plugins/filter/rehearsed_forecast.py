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
  - What nobody has measured is null and named.
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
      - C(stop) and C(start), which a rehearsal does not do, if somebody knows them; 0 is not known.
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
    measured: {listings: 4.2, proof: 9.1, notes: 3.0, switch: 1.5, look: 4.0, stop: 12, start: 0}
    changes: {objects: 120, bytes: 1000000}
"""

RETURN = r"""
_value:
  description:
    - The forecast, whose C(downtime) is made of the steps of the cutover that was rehearsed, and
      C(way_back) of those that a rollback has, too. Each has C(low), C(seconds), C(high),
      C(steps), and the names of those steps that were C(not_measured).
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
from typing import Any

from ansible_collections.fnndsc.swift_migration.plugins.module_utils._preflight.downtime import (
    Step,
    downtime,
    total,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._preflight.rates import (
    Span,
    about,
)


def rehearsed_forecast(
    forecast: Mapping[str, Any], measured: Mapping[str, float], changes: Mapping[str, int]
) -> dict[str, Any]:
    """See the filter's documentation."""
    time = {name: about(float(seconds)) for name, seconds in measured.items()}
    stop = Step("CUBE stops", _asked(measured, "stop"), "stop")
    start = Step("CUBE starts", _asked(measured, "start"), "start")
    listings = Step("both listings are read", time["listings"], "listings")
    switch = Step("the env files are changed", time["switch"], "switch")
    look = Step("its storage is looked at", time["look"], "look")
    cutover = [
        stop,
        listings,
        Step("what has changed is copied", _copying(forecast, changes), "rest"),
        Step("the proof is made", time["proof"], "proof"),
        Step("the phase is noted", time["notes"], "notes"),
        switch,
        start,
        look,
    ]
    written = Step("what CUBE has written since is copied", None, "what was written since")
    back = [stop, listings, written, switch, start, look]
    return {
        **forecast,
        "downtime": downtime(cutover),
        "way_back": downtime(back),
        "summary": [
            f"CUBE would be down for {_told(cutover)}.",
            f"The way back would take {_told(back)}.",
        ],
    }


def _asked(measured: Mapping[str, float], step: str) -> Span | None:
    """How long a step takes that only somebody knows; None if nobody does."""
    seconds = float(measured.get(step, 0))
    return about(seconds) if seconds else None


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


def _told(steps: Sequence[Step]) -> str:
    unknown = [step.word for step in steps if step.time is None]
    more = f", and for what is not measured ({', '.join(unknown)})" if unknown else ""
    times = [f"{step.word} {f'{step.time.seconds:.1f} s' if step.time else '?'}" for step in steps]
    return f"about {total(steps).seconds:.0f} s{more}: {', '.join(times)}"


class FilterModule:
    """The filter plugin."""

    def filters(self) -> dict[str, Callable[..., dict[str, Any]]]:
        """Return the filter by its name."""
        return {"rehearsed_forecast": rehearsed_forecast}
