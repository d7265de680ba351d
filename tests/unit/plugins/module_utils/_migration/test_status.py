# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""How a migration stands: what is asked for that, and what is told when something is not there."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.lease import Lease
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.state import (
    PHASE,
    Migration,
    Phase,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.status import (
    PROOF,
    Status,
    StatusOptions,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.retry import Retry

from tests.unit.plugins.module_utils.fakes.object_server import Answer, Asked, ObjectServer

OLD, NEW = "AUTH_x/old@1.0", "AUTH_x/new@2.0"
DATE = "Thu, 01 Jan 2026 10:00:00 GMT"
FROZEN = Migration(OLD, Phase.FROZEN, "begin", frozen="then")
LEASE = Lease("1f", "-", "swift_sync on dmz, process 7", "2026-01-01T09:00:00", "")

Look = Callable[[], dict[str, Any]]


class Container:
    """What a server answers for one container."""

    def __init__(self, name: str, created: str) -> None:
        self.name = name
        self.status = 204
        self.headers = {
            "x-timestamp": created,
            "date": DATE,
            "x-container-object-count": "12",
            "x-container-bytes-used": "345",
        }

    def __call__(self, asked: Asked) -> Answer:
        here = asked.path.endswith(f"/{self.name}")
        return Answer(self.status if here else 404, self.headers)


@pytest.fixture
def old(source: ObjectServer) -> Container:
    source.script = Container("old", "1.0")
    return source.script


@pytest.fixture
def new(destination: ObjectServer, monkeypatch: pytest.MonkeyPatch) -> Container:
    destination.script = Container("new", "2.0")
    destination.script.headers |= FROZEN.headers()
    return destination.script


@pytest.fixture
def look(
    source: ObjectServer, destination: ObjectServer, old: Container, new: Container, tmp_path: Path
) -> Look:
    options = StatusOptions("old", "new", str(tmp_path))
    retry = Retry(attempts=2, sleep=lambda _seconds: None)
    return lambda: Status(source, destination, options, retry).result()  # type: ignore[arg-type]


def write_proof(folder: Path, source: str = OLD, destination: str = NEW) -> None:
    proof = {
        "equal": True,
        "complete": True,
        "ended": "2026-01-01T09:00:00+00:00",
        "source": {"container": source},
        "destination": {"container": destination},
        "objects": {"match": 12},
        "differences": ["many"],
    }
    (folder / PROOF).write_text(json.dumps(proof))
    (folder / PROOF).chmod(0o600)


def test_one_head_of_each_container_tells_the_phase_and_the_counts(
    look: Look, source: ObjectServer, destination: ObjectServer
) -> None:
    found = look()
    assert [asked.method for asked in source.asked + destination.asked] == ["HEAD", "HEAD"]
    assert (found["phase"], found["since"], found["frozen"]) == ("frozen", "begin", "then")
    counts = {"exists": True, "objects": 12, "bytes": 345, "problem": ""}
    assert found["source"] == {"container": "old", **counts}
    assert found["destination"] == {"container": "new", **counts}
    assert (found["lease"], found["runs"], found["proof"]) == (None, [], None)
    assert (found["problems"], found["changed"]) == ([], False)


def test_a_destination_that_is_not_there_yet_is_no_problem(look: Look, new: Container) -> None:
    new.status = 404
    found = look()
    assert (found["phase"], found["problems"]) == ("", [])
    assert found["destination"]["exists"] is False
    assert found["destination"]["objects"] is None


def test_a_destination_that_cannot_be_asked_is_one_and_does_not_hide_the_source(
    look: Look, new: Container
) -> None:
    new.status = 403
    found = look()
    [problem] = found["problems"]
    assert "403" in problem
    assert (found["phase"], found["source"]["objects"]) == ("", 12)
    assert (found["destination"]["exists"], found["destination"]["problem"]) == (None, problem)


@pytest.mark.parametrize(
    ("phase", "problems"), [(Phase.COPYING, 1), (Phase.VERIFIED, 1), (Phase.CUT_OVER, 0)]
)
def test_the_source_may_be_gone_once_the_destination_is_in_use(
    look: Look, old: Container, new: Container, phase: Phase, problems: int
) -> None:
    old.status = 404
    new.headers |= Migration(OLD, phase).headers()
    found = look()
    assert len(found["problems"]) == problems
    assert found["source"]["exists"] is False


def test_a_phase_that_is_not_known_is_a_problem(look: Look, new: Container) -> None:
    new.headers[PHASE] = "of the future"
    found = look()
    [problem] = found["problems"]
    assert "of the future" in problem
    assert (found["destination"]["problem"], found["destination"]["objects"]) == (problem, 12)


@pytest.mark.parametrize(
    ("until", "shown"), [("2099-01-01T00:00:00", True), ("2025-12-31T23:59:59", False)]
)
def test_a_lease_counts_until_it_ends(
    look: Look,
    new: Container,
    until: str,
    shown: bool,
) -> None:
    new.headers |= LEASE._replace(until=until).headers()
    told = {"owner": LEASE.owner, "since": LEASE.since, "until": until}
    assert look()["lease"] == (told if shown else None)


def test_runs_stand_in_the_order_of_their_begins(look: Look, tmp_path: Path) -> None:
    for name, started in (("a.progress", 20), ("a.comparison", 10)):
        state = {"containers": ["old", "new"], "written": 1, "done": True, "started": started}
        (tmp_path / name).write_text(json.dumps(state))
        (tmp_path / name).chmod(0o600)
    assert [run["what"] for run in look()["runs"]] == ["swift_compare", "swift_sync"]


def test_a_state_directory_that_cannot_be_believed_is_a_problem(look: Look, tmp_path: Path) -> None:
    for name in ("a.progress", PROOF):
        (tmp_path / name).write_text("{}")
        (tmp_path / name).chmod(0o666)
    found = look()
    assert [problem.partition(":")[0] for problem in found["problems"]] == [
        f"cannot read {tmp_path / name}" for name in ("a.progress", PROOF)
    ]


def test_the_last_proof_is_told_in_short(look: Look, tmp_path: Path) -> None:
    write_proof(tmp_path)
    proof = look()["proof"]
    assert (proof["equal"], proof["objects"]) == (True, {"match": 12})
    assert proof["path"] == str(tmp_path / PROOF)
    assert "differences" not in proof


@pytest.mark.parametrize("other", [("AUTH_x/old@9.0", NEW), (OLD, "AUTH_x/other@2.0")])
def test_a_proof_of_other_containers_is_none(
    look: Look, tmp_path: Path, other: tuple[str, str]
) -> None:
    write_proof(tmp_path, *other)
    assert look()["proof"] is None


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"source": 1, "destination": 2}'])
def test_what_is_no_proof_is_none(look: Look, tmp_path: Path, text: str) -> None:
    (tmp_path / PROOF).write_text(text)
    (tmp_path / PROOF).chmod(0o600)
    found = look()
    assert (found["proof"], found["problems"]) == (None, [])


def test_a_name_that_no_container_can_have_is_refused(
    source: ObjectServer, destination: ObjectServer, tmp_path: Path
) -> None:
    with pytest.raises(MigrationError, match="container"):
        Status(source, destination, StatusOptions("a/b", "new", str(tmp_path)))  # type: ignore[arg-type]
