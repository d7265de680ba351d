# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What would fail in a cutover, told while CUBE runs."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._check import (
    FAILURE,
    OK,
    WARNING,
    Check,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube import preflight
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.deployment import (
    StartComparison,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.preflight import (
    RUNNING,
    Preflight,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.storage_in_use import (
    MovedContainer,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import (
    EndedError,
    MigrationError,
)

from tests.unit.plugins.module_utils.fakes.deployed import Deployed, Switch

URL = {"storage_url": "http://swift:1/v1/AUTH_x"}
MOVED = MovedContainer("old", URL["storage_url"], "AUTH_x/old@1.5")
PFCON = {"name": "host", "url": "http://pfcon.local:5005/api/v1/", "answer": "401"}
STORAGE = {"backend": "swift", "container": "old", "objects": 1, **URL, "created": "1.5"}


@pytest.fixture
def swift(deployed: Deployed) -> Deployed:
    """A CUBE on the container `old` of a Swift that answers."""
    deployed.path.write_text("STORAGE_ENV=swift\nSWIFT_CONTAINER_NAME=old\nSWIFT_KEY=0ld\n")
    return answering(deployed)


def answering(
    deployed: Deployed, *pfcons: dict[str, str], prefix: str = "", library: bool = True
) -> Deployed:
    """Let programs that run in a service print this."""

    def run(service: str, program: str) -> str:
        if "find_spec" in program:
            return str(library)
        known = {"pfcons": pfcons, "job_prefix": prefix}
        return json.dumps(known if "compute_innetwork" in program else STORAGE)

    deployed.run_python = run  # type: ignore[method-assign]
    return deployed


def told(checks: Iterable[Check], verdict: str) -> dict[str, str]:
    """From the name to what was seen, of one verdict."""
    return {check.name: check.seen for check in checks if check.verdict == verdict}


def refuse(*_arguments: object) -> Any:
    raise MigrationError("no docker", option="cube_storage_compose")


def test_where_nothing_is_wrong_each_look_says_what_it_saw(
    switch: Switch, swift: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preflight, "wait_until_healthy", lambda *_, **__: None)
    swift.start()
    found = Preflight(switch(), MOVED, ["http://cube/"]).checks()
    assert told(found, OK) == {
        "stop and start of CUBE": "nothing is missing that they need",
        "env files of CUBE": "they can be changed",
        "running services": "chris",
        "storage of CUBE": "the old one, as the env files have it",
        "storage of chris": "the container old at (no URL)",
        "health of http://cube/": "it answers 200",
        "what a start would change": "nothing but the storage",
        "library of chris": "boto3",
        "other services on the storage": "none was found",
        "neighbours of the old storage": "none was found",
        "running jobs of pfcon": "none was found",
        "pfcons of CUBE's database": "0 in-network, all of them services of this host",
    }
    assert len(found) == len(told(found, OK))
    assert Preflight(switch(), MOVED, ["http://cube/"]).notices() == []


def test_one_failure_hides_no_other(switch: Switch, swift: Deployed) -> None:
    swift.start()
    answering(swift, library=False)
    swift.preflight = refuse  # type: ignore[method-assign]
    swift.changes = StartComparison(["chris: another image"])
    swift.working = [["chris-jid-7"]]
    other = replace(MOVED, container="users")
    found = Preflight(switch(), other).checks()
    assert set(told(found, FAILURE)) == {
        "stop and start of CUBE",
        "storage of chris",
        "what a start would change",
        "library of chris",
    }
    assert told(found, FAILURE)["stop and start of CUBE"] == "cube_storage_compose: no docker"
    assert set(told(found, WARNING)) == {"running jobs of pfcon"}
    with pytest.raises(MigrationError) as caught:
        Preflight(switch(), other).notices()
    for seen in told(found, FAILURE).values():
        assert str(caught.value).count(seen) == 1


def test_one_cause_of_many_failures_is_told_once(switch: Switch, swift: Deployed) -> None:
    swift.running = refuse  # type: ignore[method-assign]
    found = Preflight(switch(), MOVED, ["http://cube/"]).checks()
    assert told(found, FAILURE) == {"running services": "cube_storage_compose: no docker"}
    assert "what a start would change" in told(found, OK)
    with pytest.raises(MigrationError) as caught:
        Preflight(switch(), MOVED, ["http://cube/"]).notices()
    assert str(caught.value) == "cube_storage_compose: no docker."


def test_a_process_that_is_told_to_end_looks_at_nothing_more(
    switch: Switch, swift: Deployed
) -> None:
    def end(*_arguments: object) -> Any:
        raise EndedError

    swift.preflight = refuse  # type: ignore[method-assign]
    swift.running = end  # type: ignore[method-assign]
    with pytest.raises(EndedError):
        Preflight(switch()).notices()


def test_env_files_that_cannot_be_changed_and_a_pfcon_of_two_kinds_are_failures(
    switch: Switch, swift: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    swift.start()
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert (
        "cannot be written to" in told(Preflight(switch()).checks(), FAILURE)["env files of CUBE"]
    )
    swift.pfcon_services = ("chris",)  # type: ignore[assignment]
    swift.runs = {**(swift.runs or {}), "PFCON_INNETWORK": "true"}
    with pytest.raises(MigrationError, match="PFCON_INNETWORK=true, which is not configured"):
        Preflight(switch()).notices()


def test_a_library_that_lacks_is_a_failure(switch: Switch, swift: Deployed) -> None:
    swift.start()
    assert Preflight(switch()).notices() == []
    answering(swift, library=False)
    with pytest.raises(MigrationError, match="the Python of chris has no boto3"):
        Preflight(switch()).notices()


def test_two_addresses_of_one_swift_are_told_and_nobody_has_to_decide(
    switch: Switch, swift: Deployed
) -> None:
    swift.start()
    look = Preflight(switch(), replace(MOVED, storage_url="http://other:1/v1/AUTH_x"))
    assert (
        told(look.checks(), OK)["storage of chris"]
        == "chris reaches it as http://swift:1/v1/AUTH_x, the mover as http://other:1/v1/AUTH_x"
    )
    assert look.notices() == []


def test_a_process_counts_and_not_what_the_files_say(switch: Switch, swift: Deployed) -> None:
    swift.start()
    swift.runs = {**(swift.runs or {}), "SWIFT_CONTAINER_NAME": "real"}
    with pytest.raises(MigrationError, match="chris keeps its files in the container real"):
        Preflight(switch(), MOVED).notices()


def test_a_service_that_has_not_what_is_configured_is_a_failure_but_for_a_cutover_that_goes_on(
    switch: Switch, swift: Deployed
) -> None:
    swift.start()
    switch().switch_to_new()
    assert told(Preflight(switch(), MOVED).checks(), FAILURE)["storage of CUBE"] == (
        "these services have not what the env files hold: chris (STORAGE_ENV, S3_BUCKET_NAME, "
        "S3_SECRET_KEY)"
    )
    assert Preflight(switch(), MOVED).notices() == []
    swift.start()
    [warned] = told(Preflight(switch(), MOVED).checks(), WARNING).values()
    assert warned == "CUBE has the new storage already"
    swift.runs = None
    swift.path.write_text("STORAGE_ENV=swift\nSWIFT_KEY=other\n")
    assert told(Preflight(switch()).checks(), FAILURE) == {
        "storage of CUBE": "the env files hold neither the old storage nor all of the new one"
    }


def test_another_container_of_that_name_is_a_failure(switch: Switch, swift: Deployed) -> None:
    swift.start()
    with pytest.raises(MigrationError, match="these are two containers"):
        Preflight(switch(), replace(MOVED, identity="AUTH_x/old@2.5")).notices()


def test_a_stopped_service_is_compared_by_what_it_would_get(
    switch: Switch, swift: Deployed
) -> None:
    assert told(Preflight(switch(), MOVED).checks(), FAILURE) == {}
    with pytest.raises(MigrationError, match="in the container old"):
        Preflight(switch(), replace(MOVED, container="users")).notices()
    swift.path.write_text("SECRET=1\n")  # it tells nothing of the storage
    assert told(Preflight(switch(), replace(MOVED, container="users")).checks(), FAILURE) == {}


def test_a_service_on_the_new_storage_is_not_compared(switch: Switch, swift: Deployed) -> None:
    switch().switch_to_new()
    swift.start()
    found = Preflight(switch(), replace(MOVED, container="users")).checks()
    assert told(found, OK)["storage of chris"] == "it has the new storage"


def test_a_new_storage_that_nobody_has_described_is_no_storage_that_a_service_has(
    switch: Switch, swift: Deployed
) -> None:
    swift.start()
    nothing = switch(cube=replace(switch().cube, variables={}))
    found = Preflight(nothing, replace(MOVED, container="users")).checks()
    assert set(told(found, FAILURE)) == {"storage of chris"}
    assert "library of chris" not in told(found, OK)


def test_a_pfcon_that_sends_its_files_is_told_and_not_looked_at(
    switch: Switch, swift: Deployed
) -> None:
    swift.pfcon_services = ("chris",)  # type: ignore[assignment]
    swift.start()
    found = Preflight(switch(), replace(MOVED, container="users")).checks()
    assert told(found, FAILURE) == {}
    assert told(found, WARNING)["kind of chris"].startswith("chris is no in-network pfcon (PFCON_")


def test_a_start_that_would_change_more_than_the_storage_is_a_failure(
    switch: Switch, swift: Deployed
) -> None:
    swift.start()
    swift.changes = StartComparison(["chris: PW empty", "chris: another image"], [], "Set PW")
    with pytest.raises(MigrationError) as caught:
        Preflight(switch()).notices()
    assert str(caught.value) == (
        "cube_storage_compose: started again, the services would not be what they are now: "
        "chris: PW empty; chris: another image. Set PW."
    )
    swift.changes = StartComparison(notices=["chris would get other settings"])
    assert Preflight(switch()).notices() == ["chris would get other settings"]


def test_a_neighbour_of_the_old_storage_is_told_once(switch: Switch, swift: Deployed) -> None:
    swift.start()
    swift.neighbours = lambda: ["backup", "store"]  # type: ignore[method-assign]
    swift.unlisted_services = lambda: ["store"]  # type: ignore[method-assign]
    others, neighbour = Preflight(switch()).notices()
    assert others.startswith("These services, which are not named in cube_storage_compose, have a")
    assert others.endswith(
        ": store. If one of them writes CUBE's files, name it. If it reads one "
        "of the env files that are written and needs no storage, as a database, it gets the new "
        "storage's keys at its next start: give it an env file of its own"
    )
    assert neighbour.startswith("backup is no service of CUBE's and shares a network with the old")


def test_a_url_that_nobody_answers_is_told_while_all_services_run(
    switch: Switch, swift: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, int]] = []
    monkeypatch.setattr(
        preflight, "wait_until_healthy", lambda url, timeout, **_: asked.append((url, timeout))
    )
    Preflight(switch(), health_urls=["http://cube/"]).checks()
    assert asked == []
    swift.start()
    Preflight(switch(), health_urls=["http://cube/", "http://pfcon/"]).checks()
    assert asked == [("http://cube/", 5), ("http://pfcon/", 5)]


def running(swift: Deployed, services: Sequence[str], names: Sequence[str]) -> None:
    swift.services = services  # type: ignore[assignment]
    swift.running = lambda: list(names)  # type: ignore[method-assign]


def test_a_service_that_does_not_run_beside_others_fails_and_lets_a_cutover_go_on(
    switch: Switch, swift: Deployed
) -> None:
    swift.start()
    running(swift, ["chris", "wroker"], ["chris"])
    checks = Preflight(switch(), MOVED).checks()
    assert [
        check.seen for check in checks if check.name == RUNNING and check.verdict == FAILURE
    ] == ["cube_storage_compose: not running, while others are: wroker"]
    # As after a cutover that was broken off in the middle of its stop.
    assert any("are: wroker" in notice for notice in Preflight(switch(), MOVED).notices())
    assert any("do not run: wroker" in notice for notice in Preflight(switch()).notices())
    switch().switch_to_new()
    assert any("do not run: wroker" in notice for notice in Preflight(switch(), MOVED).notices())


def test_a_cube_that_does_not_run_is_told(switch: Switch, swift: Deployed) -> None:
    found = told(Preflight(switch(), MOVED).checks(), WARNING)
    assert found["running services"].startswith("CUBE does not run")
    assert found["pfcons of CUBE's database"] == (
        "CUBE's database could not be asked for its pfcons (no service of CUBE's runs)"
    )


def test_a_pfcon_of_the_database_that_nobody_has_named_is_told(
    switch: Switch, swift: Deployed
) -> None:
    swift.start()
    answering(swift, PFCON)
    [notice] = Preflight(switch(), MOVED).notices()
    assert notice.startswith(
        "CUBE's database has the in-network pfcon host at http://pfcon.local:5005/api/v1/, which is "
        "none of the services named for this host. If no other host of the group cube has it"
    )


def test_a_pfcon_that_is_named_and_does_not_answer_is_a_failure_while_all_run(
    switch: Switch, swift: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preflight, "_ANSWER", 0)
    swift.start()
    swift.path.write_text(f"{swift.path.read_text()}PFCON_INNETWORK=true\n")
    running(swift, ["chris", "pfcon"], ["chris", "pfcon"])
    swift.pfcon_services = ("pfcon",)  # type: ignore[assignment]
    answering(swift, {**PFCON, "answer": "refused"})
    found = told(Preflight(switch(), MOVED).checks(), FAILURE)
    assert "pfcon host at http://pfcon.local:5005/api/v1/ does not answer" in found.pop(
        "pfcons of CUBE's database"
    )
    assert told(Preflight(switch()).checks(), FAILURE) == {}  # as on the way back
    answering(swift, PFCON)
    assert (
        "1 in-network" in told(Preflight(switch(), MOVED).checks(), OK)["pfcons of CUBE's database"]
    )


@pytest.mark.parametrize(("prefix", "verdict"), [("chris-jid-", OK), ("lab-", WARNING)])
def test_jobs_whose_names_are_not_looked_for_are_told(
    switch: Switch, swift: Deployed, prefix: str, verdict: str
) -> None:
    swift.start()
    answering(swift, PFCON, prefix=prefix)
    found = Preflight(switch(), MOVED).checks()
    assert prefix in told(found, verdict)["names of pfcon's jobs"]


def test_it_must_be_said_how_cube_runs(switch: Switch) -> None:
    with pytest.raises(MigrationError, match="it is not said how CUBE runs"):
        Preflight(switch(deployment=None)).checks()
