# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A migration's status as lines for people.  Pure."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from ansible_collections.fnndsc.swift_migration.plugins.plugin_utils._next_step import (
    cube_state,
    next_step,
)
from ansible_collections.fnndsc.swift_migration.plugins.plugin_utils._watch import (
    amounts,
    binary,
    clock,
    describe,
    duration,
)

Status = Mapping[str, Any]
"""What the module migration_status returns."""

_WIDTH = 12

_SINCE = {
    "copying": "since",
    "frozen": "frozen",
    "verified": "verified",
    "cut-over": "verified",
    "rolled-back": "returned",
}
"""The moment that tells since when a phase lasts; a cutover's end is not kept, its proof is."""

_STORAGES = {"old": "the old storage", "new": "the new storage", "mixed": "both storages"}


def status_lines(
    status: Status, cubes: Sequence[Mapping[str, Any]], command: Callable[[str], str]
) -> list[str]:
    """Make the lines of a table.

    :param cubes: what is known of CUBE on its hosts; see :func:`._next_step.cube_state`.
    :param command: gives the command to type for a word of :mod:`._next_step`.
    """
    rows = [
        ("phase", _phase(status)),
        *_sides(status),
        ("writes", _writes(status)),
        *((run["what"], _run(run)) for run in status["runs"]),
        ("proof", _proof(status)),
        *((f"CUBE {cube['host']}", _cube(cube)) for cube in cubes),
        *(("problem", problem) for problem in status["problems"]),
        ("next", " ".join(next_sentences(status, cubes, command))),
    ]
    width = max(_WIDTH, *(len(name) for name, _text in rows))
    return [f"{name:{width}}  {text}" for name, text in rows]


def next_sentences(
    status: Status, cubes: Sequence[Mapping[str, Any]], command: Callable[[str], str]
) -> Iterator[str]:
    """Say what to do next, a sentence each; see :func:`status_lines`."""
    paused = any(run["goes_on"] and run.get("paused") for run in status["runs"])
    step = next_step(_known(status), cube_state(cubes), _under_way(status), paused=paused)
    if step.text:
        # Not by str.format: what somebody wrote into the lease is a part of the text.
        yield step.text.replace("{frozen}", _moment(status["frozen"]))
    for key, why in step.commands.items():
        yield f"To {why}, type `{command(key)}`."


def _under_way(status: Status) -> str:
    """Say what works on the migration now, from any host; empty if nothing does."""
    lease = status["lease"]
    runs = [run for run in status["runs"] if run["goes_on"]]
    paused = [
        f"{run['what']} is paused since {clock(run['paused'])}."
        for run in runs
        if run.get("paused")
    ]
    going = [run["what"] for run in runs if not run.get("paused")]
    if lease and not any(lease["owner"].startswith(run["what"]) for run in runs):
        going.append(lease["owner"])
    return " ".join([*paused, f"{', '.join(going)} goes on."] if going else paused)


def _known(status: Status) -> str | None:
    """The phase; empty if there is none, None if nobody knows."""
    destination = status["destination"]
    is_known = not destination["problem"] or destination["exists"] is False
    return str(status["phase"]) if is_known else None


def _phase(status: Status) -> str:
    phase = _known(status)
    if not phase:
        return "is not known" if phase is None else "none"
    since = "proved equal at" if phase == "cut-over" else "since"
    return f"{phase}, {since} {_moment(status[_SINCE[phase]])}"


def _sides(status: Status) -> Iterator[tuple[str, str]]:
    for name in ("source", "destination"):
        side = status[name]
        if side["exists"] is False:
            text = "does not exist"
        elif side["objects"] is None:
            text = "cannot be asked"
        else:
            text = f"{side['objects']:,} objects, {binary(side['bytes'])}"
        yield name, f"{side['container']}: {text}"


def _writes(status: Status) -> str:
    lease = status["lease"]
    return f"{lease['owner']}, since {_moment(lease['since'])}" if lease else "nobody"


def _run(run: Mapping[str, Any]) -> str:
    state = dict(run)
    if run["goes_on"]:
        if run.get("paused"):
            return f"is {describe(state)}{_retries(run)}"
        at_once = f", {run['concurrency']} at once" if "concurrency" in run else ""
        return f"goes on: {describe(state)}{at_once}{_retries(run)}{_limits(run)}"
    if run["broken_off"]:
        return f"was killed after {clock(run['written'])}: {amounts(state)}{_retries(run)}"
    how = "was stopped" if run.get("stopped") else "failed" if run.get("failed") else "ended"
    took = duration(round(run["written"] - run["started"]))
    return f"{how} at {clock(run['written'])} after {took}: {amounts(state)}{_retries(run)}"


def _retries(run: Mapping[str, Any]) -> str:
    """Say how many requests failed and were sent again, if any."""
    number = run.get("retries", 0)
    return f", {number:,} {'retry' if number == 1 else 'retries'}" if number else ""


def _limits(run: Mapping[str, Any]) -> str:
    """Say what limits a run, if anything does or will."""
    limits = [
        *([f"{binary(run['bandwidth_limit'])}/s"] if run.get("bandwidth_limit") else []),
        *([f"{run['requests_per_second']:g} requests/s"] if run.get("requests_per_second") else []),
    ]
    until = f" until {run['limits_until']}" if run.get("limits_until") else ""
    if limits:
        return f", at most {' and '.join(limits)}{until}"
    return f", without a limit{until}" if until else ""


def _proof(status: Status) -> str:
    proof = status["proof"]
    if not proof:
        return "none on this host"
    verdict = "equal" if proof["equal"] else "not equal" if not proof["problem"] else "broken off"
    part = "" if proof["complete"] or not proof["equal"] else ", only a part"
    level = f", {proof['sampled']:,} objects by {proof['level']}" if proof["sampled"] else ""
    ended = datetime.datetime.fromisoformat(proof["ended"])
    age = duration(max(0, round(status["now"] - ended.timestamp())))
    return f"{verdict}{part}{level}, {clock(ended.timestamp())}, {age} ago"


def _cube(cube: Mapping[str, Any]) -> str:
    if cube["problem"]:
        return f"is not known: {cube['problem']}"
    storage = _STORAGES.get(cube["storage"], "a storage that is neither")
    if not cube["running"]:
        return f"is stopped, and set up for {storage}"
    return f"runs on {storage}: {', '.join(cube['running'])}"


def _moment(moment: str) -> str:
    """A moment of a container's metadata, to the second."""
    return f"{moment[:19].replace('T', ' ')} UTC" if moment else "a moment that is not known"
