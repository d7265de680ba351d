# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What Prometheus is told of a run, from the state that its progress file holds.  Pure.

No name of an object is among it.  docs/monitoring.md has the list.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .exposition import COUNTER, GAUGE, Family
from .report import Stage

State = Mapping[str, Any]
"""What a progress file holds, and the load of the run."""

PHASES = ("listing", *(stage.value for stage in Stage), "comparing", "sample")
"""What a run may be busy with."""

RESULTS = ("done", "failed", "stopped", "killed")
"""How a run may have ended."""

_GAUGES = {
    "started": ("run_start_timestamp_seconds", "When the run began, since 1970."),
    "written": ("run_update_timestamp_seconds", "When the run last told how far it is."),
    "is_paused": ("run_paused", "Whether the run pauses (1) or not (0)."),
    "objects_total": ("expected_objects", "Objects that the source is known to hold."),
    "bytes_total": ("expected_bytes", "Bytes that the source is known to hold."),
    "concurrency": ("concurrency_limit", "Objects that may be worked on at once now."),
    "objects_in_flight": ("in_flight_objects", "Objects that are worked on now."),
    "bytes_in_flight": ("in_flight_bytes", "Bytes that have come of objects not yet copied."),
    "seconds_left": ("remaining_seconds", "Estimated time to the end of the run."),
    "estimate_error": (
        "estimate_error_seconds",
        "By how much the estimates of that time were wrong, on average.",
    ),
    "last_end": ("last_end_timestamp_seconds", "When a run last ended, since 1970."),
    "last_success": ("last_success_timestamp_seconds", "When a run last ended well, since 1970."),
}

_COUNTERS = {
    "objects_done": ("done_objects_total", "Objects that need nothing more in this run."),
    "objects_copied": ("copied_objects_total", "Objects copied, replaced or refreshed."),
    "objects_deleted": ("deleted_objects_total", "Objects deleted at the destination."),
    "objects_failed": ("failed_objects_total", "Objects that could not be copied or deleted."),
    "objects_unequal": ("unequal_objects_total", "Objects found to differ."),
    "bytes_copied": ("copied_bytes_total", "Bytes copied."),
    "bytes_compared": ("listed_bytes_total", "Bytes of the objects that the listings have shown."),
}


def families(state: State) -> Iterator[Family]:
    """The metrics of a run; what its state does not have is left out.

    :param state: with ``retries`` by reason, ``last_end``, ``last_success`` and ``last_result``.
    """
    yield Family(
        _named("run_active"),
        GAUGE,
        "Whether the run goes on (1) or has ended (0).",
        {(): 0 if state["done"] else 1},
    )
    yield Family(
        _named("run_phase"),
        GAUGE,
        "What the run is busy with: 1 for that phase, 0 for the others.",
        _one_of("phase", PHASES, "" if state["done"] else str(state["phase"])),
    )
    for key, (name, text) in _GAUGES.items():
        yield Family(_named(name), GAUGE, text, _sample(state.get(key)))
    for key, (name, text) in _COUNTERS.items():
        yield Family(_named(name), COUNTER, text, _sample(state.get(key)))
    yield Family(
        _named("retries_total"),
        COUNTER,
        "What was tried again, by reason.",
        {(("reason", reason),): count for reason, count in state.get("retries", {}).items()},
    )
    result = state.get("last_result")
    yield Family(
        _named("last_result"),
        GAUGE,
        "How a run last ended: 1 for that result, 0 for the others.",
        _one_of("result", RESULTS, result) if result else {},
    )


def counters(state: State) -> dict[str, int]:
    """Those values of a state that may only grow while its run goes on."""
    return {key: state[key] for key in _COUNTERS if key in state}


def _named(name: str) -> str:
    return f"swift_migration_{name}"


def _sample(value: float | None) -> dict[tuple[tuple[str, str], ...], float]:
    return {} if value is None else {(): value}


def _one_of(
    label: str, values: tuple[str, ...], value: str
) -> dict[tuple[tuple[str, str], ...], float]:
    return {((label, each),): int(each == value) for each in values}
