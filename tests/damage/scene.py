# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Two containers with much damage in them, the runs over them, and what each run told."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.damage.disk import Disk
from tests.damage.harm import Harm
from tests.damage.kinds import Kind, body, plain
from tests.dataset.client import Client
from tests.integration.conftest import Options, RunModule
from tests.servers import Lab
from tests.servers.lab import Cluster

INTACT = ("intact/0", "intact/1", "intact/2")
"""Objects of every scene that nothing happens to."""

LEVELS = ("listing", "headers", "content")

READS = {"GET", "HEAD"}

RED = "red"
"""Stands for whichever of these a comparison can tell of a large object at its level."""

FAULTS = {"unreadable", "missing", "differ", "error"}


@dataclass(frozen=True)
class Case:
    """One object and what happens to it.

    :param name: of the object.
    :param kind: puts it.
    :param harm: what is done to it, at the scene's side.
    :param told: how each run has to name it, an outcome, none or RED; by the label of the run.
    :param words: what its reason has to say, in each run that gives one.
    """

    name: str
    kind: Kind
    harm: Harm
    told: dict[str, str]
    words: str = ""


@dataclass
class Run:
    """What a run told.

    :param result: of the module.
    :param rows: of its report, by the objects' names.
    """

    result: dict[str, Any]
    rows: dict[str, dict[str, Any]]

    @property
    def failed(self) -> bool:
        return bool(self.result.get("failed"))

    def outcome(self, name: str) -> str:
        """How it ended for an object; "" if the run did not name it."""
        return str(self.rows.get(name, {}).get("outcome", ""))

    def reason(self, name: str) -> str:
        """Why, in one line."""
        row = self.rows[name]
        return str(row.get("reason") or ", ".join(row.get("what", [])))


@dataclass
class Scene:
    """A container of the source and its namesake at the destination.

    :param options: connection options by side, without the container.
    :param home: a folder for state and reports.
    :param logged: the servers of the lab whose access logs tell what was written.
    :ivar runs: by their labels.
    :ivar written: what each run wrote, by its label and the server: "METHOD name".
    """

    container: str
    lab: Lab
    clients: dict[str, Client]
    options: dict[str, Options]
    run_module: RunModule
    home: Path
    logged: tuple[Cluster, ...] = ("source", "destination")
    runs: dict[str, Run] = field(default_factory=dict)
    written: dict[str, list[str]] = field(default_factory=dict)

    def client(self, side: str) -> Client:
        return self.clients[side]

    def disk(self, side: Cluster) -> Disk:
        return Disk(self.lab, side, self.clients[side])

    def fill(self, cases: Sequence[Case], side: str = "source") -> None:
        """Put the objects of the cases and the intact ones."""
        for name in INTACT:
            plain(self.client(side), self.container, name)
        for case in cases:
            case.kind(self.client(side), self.container, case.name)

    def damage(self, cases: Sequence[Case], side: Cluster) -> None:
        """Do to each object what its case says."""
        disk = self.disk(side)
        for case in cases:
            case.harm(disk, self.container, case.name)

    def run(self, label: str, module: str, *, check: bool = False, **given: Any) -> Run:
        """Run a module, keep what it told, and note which side it wrote to."""
        report = self.home / f"{label.replace(' ', '-')}.jsonl"
        options = {
            side: {**self.options[side], "container": self.container} for side in self.options
        }
        marks = {side: self.lab.access_log(side).mark() for side in self.logged}
        params = {**options, "state_dir": str(self.home / "state"), "report": str(report), **given}
        if module == "migration_phase":
            del params["state_dir"], params["report"]
        result = self.run_module(module, params, check=check)
        for side, mark in marks.items():
            asked = self.lab.access_log(side).object_requests(mark)
            self.written[f"{label} {side}"] = sorted(
                f"{request.method} {request.name}"
                for request in asked
                if request.method not in READS
                and request.container in (self.container, f"{self.container}_segments")
            )
        lines = report.read_text().splitlines() if report.exists() else []
        told = [json.loads(line) for line in lines] or _told(result)
        self.runs[label] = Run(result, {row["name"]: row for row in told})
        return self.runs[label]

    def sync(self, label: str = "sync", **given: Any) -> Run:
        return self.run(label, "swift_sync", **given)

    def compare(self, label: str, **given: Any) -> Run:
        return self.run(label, "swift_compare", **given)

    def rollback(self, label: str = "rollback", **given: Any) -> Run:
        return self.run(label, "swift_rollback", **given)

    def cut_over(self) -> None:
        """Let the application use the destination from now on."""
        for phase in ("frozen", "verified", "cut-over"):
            assert not self.run(phase, "migration_phase", phase=phase).failed

    def names(self, side: str = "destination") -> set[str]:
        return {row["name"] for row in self.client(side).listing(self.container)}

    def has_intact(self, side: str) -> bool:
        """Whether a side has every byte of what nothing happened to."""
        client = self.client(side)
        return all(client.get(self.container, name) == body(name) for name in INTACT)


def _told(result: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What a result tells where there is no report, as in check mode."""
    for row in result.get("unreadable", []):
        yield {"outcome": "unreadable", **row}
    for row in result.get("failures", []):
        yield {"outcome": "failed", **row}
    yield from result.get("differences", [])


def fits(outcome: str, expected: str) -> bool:
    """Whether an outcome is the one that a case expects."""
    return outcome in FAULTS if expected == RED else outcome == expected


def every(cases: Sequence[Case]) -> Callable[[Any], Any]:
    """Test each case with each run that has to name it."""
    pairs = [(case, label, outcome) for case in cases for label, outcome in case.told.items()]
    return pytest.mark.parametrize(
        ("case", "label", "outcome"),
        pairs,
        ids=[f"{case.name}, {label}" for case, label, _outcome in pairs],
    )
