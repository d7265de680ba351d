# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The new storage tried from a running application's place, before any stop."""

from __future__ import annotations

import json
import re
import shlex
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.cube.probe import Probe
from tests.dataset.client import Client
from tests.integration.playbooks.cutover import Cutover
from tests.servers import Lab, ports


@contextmanager
def undisturbed(cutover: Cutover) -> Iterator[None]:
    """Fail unless the application answers all the time and none of its processes is another one."""
    begun, at = cutover.deployment.starts, time.monotonic()
    with Probe(cutover.deployment.url) as asked:
        yield
    seconds = time.monotonic() - at
    assert asked.failures == []
    assert asked.answered > seconds  # 5 a second on an idle machine
    assert cutover.deployment.starts == begun
    assert cutover.storage == cutover.configured == cutover.old


def found(cutover: Cutover) -> dict[str, str]:
    """What the last rehearsal has found from each service, and the remedy."""
    report = json.loads((cutover.controller.home / "swift-migration-rehearsal.json").read_text())
    return {
        each["name"].rpartition(" ")[2]: f"{each['seen']}. {each['remedy']}."
        for each in report["checks"]
    }


def mistakes(cutover: Cutover, lab: Lab) -> list[tuple[dict[str, Any], str]]:
    """What a user may have set wrongly, and what the rehearsal says of the first service."""
    s3 = cutover.variables["cube_storage_s3"]
    commands = cutover.variables["cube_storage_commands"]
    endpoint = s3["endpoint_url"]
    closed = f"http://127.0.0.1:{ports.choose(['closed'])['closed']}"
    tls = lab.description["destination"]["tls_storage_url"].partition("/v1/")[0]
    gateway = "http://swift-gateway.invalid:8080/auth/v1.0"

    def of_s3(**changed: str) -> dict[str, Any]:
        return {"cube_storage_s3": {**s3, **changed}}

    return [
        (
            of_s3(secret_key="wrong"),
            f"cube_storage_s3.secret_key: the storage at {endpoint} refuses the login that server "
            "would get. Look at it and at cube_storage_s3.access_key.",
        ),
        (
            of_s3(region="nowhere"),
            f"cube_storage_s3.region: the storage at {endpoint} is not in the region nowhere that "
            "server would get. Give the server's own region",
        ),
        (
            of_s3(endpoint_url=closed),
            f"cube_storage_s3.endpoint_url: nothing listens at {closed}, seen from server. Look at "
            "host and port.",
        ),
        (
            of_s3(endpoint_url=tls),
            f"cube_storage_s3.endpoint_url: server does not trust the certificate of {tls}: ",
        ),
        (
            {"cube_storage_container": f"{cutover.new}-2"},
            f"cube_storage_container: server finds no container {cutover.new}-2 at {endpoint}. Run "
            "playbooks/migrate.yml first",
        ),
        (
            {
                "cube_storage_backend": "swift",
                "cube_storage_swift": {"auth_url": gateway, "username": "a", "key": "b"},
            },
            "cube_storage_swift.auth_url: server finds no address for the host "
            f"swift-gateway.invalid of {gateway}. Name the storage as the network of server knows",
        ),
        (
            {"cube_storage_commands": {**commands, "run": shlex.join([sys.executable, "-S", "-"])}},
            "cube_storage_backend: the Python of server has no boto3, so it knows no such storage.",
        ),
    ]


def test_each_mistake_is_named_while_cube_answers(cutover: Cutover, lab: Lab) -> None:
    cutover.api.upload("a", b"one")
    with undisturbed(cutover):
        early = cutover.rehearse()
        assert early.status != 0
        assert f"server finds no container {cutover.new} at" in found(cutover)["server"]
        copied = cutover.migrate(cutover=False)
        assert copied.status == 0, copied.output
        for wrong, told in mistakes(cutover, lab):
            run = cutover.rehearse(**wrong)
            assert run.status != 0, told
            assert told in found(cutover)["server"]
            assert re.sub(r"\bserver\b(?!')", "worker", told) in found(cutover)["worker"]
            assert "rehearsal: 2 failures, 0 warnings, 0 ok" in run.output
            assert run.changed == 0


def test_a_right_storage_answers_to_each_service_and_nothing_changes(
    cutover: Cutover, lab: Lab
) -> None:
    cutover.api.upload("a", b"one")
    copied = cutover.migrate(cutover=False)
    assert copied.status == 0, copied.output
    with undisturbed(cutover):
        run = cutover.rehearse()
        assert run.status == 0, run.output
        assert run.changed == 0
        for service in ("server", "worker"):
            assert found(cutover)[service].startswith(f"{service} reaches {cutover.new} over s3")
        assert "rehearsal: 0 failures, 0 warnings, 2 ok" in run.output


def test_a_key_that_has_to_be_made_is_made_once_and_told(cutover: Cutover, lab: Lab) -> None:
    cutover.api.upload("a", b"one")
    cutover.controller.variables.pop("cube_storage_s3")
    cutover.controller.given({"swift_migration_s3_login": {"openrc": str(lab.openrc("password"))}})
    copied = cutover.migrate(cutover=False)
    assert copied.status == 0, copied.output
    told = "The project had no key for the S3 API. One was made."
    first, second = cutover.rehearse(), cutover.rehearse()
    assert (first.status, second.status) == (0, 0), first.output + second.output
    assert second.changed == 0
    assert told not in second.output
    assert (first.changed == 1) == (told in first.output)  # another test may have made one


@pytest.mark.parametrize("arguments", [[], ["--check"]], ids=["run", "check"])
def test_a_cutover_makes_the_same_trial_before_the_stop(
    cutover: Cutover, lab: Lab, arguments: list[str]
) -> None:
    cutover.api.upload("a", b"one")
    copied = cutover.migrate(cutover=False)
    assert copied.status == 0, copied.output
    wrong, told = mistakes(cutover, lab)[0]
    with undisturbed(cutover):
        run = cutover.migrate(*arguments, **wrong)
        assert run.status != 0
        assert told in run.errors[-1]
        assert run.errors[-1].endswith("Nothing was stopped.")
    assert cutover.phase == "copying"


def test_a_cutover_is_timed_and_nothing_is_left_of_that(cutover: Cutover, lab: Lab) -> None:
    for index in range(20):
        cutover.api.upload(f"feed/{index}", bytes([index]) * 1000)
    copied = cutover.migrate(cutover=False)
    assert copied.status == 0, copied.output
    cutover.api.upload("later", b"not copied yet")
    before = left_behind(cutover)
    with undisturbed(cutover):
        run = cutover.rehearse(
            swift_migration_rehearse_cutover=True, swift_migration_start_seconds=7
        )
    assert run.status == 0, run.output
    assert run.changed == 0
    down = r"CUBE would be down for about \d+ s, and for what is not measured \(stop\): stop \?, "
    steps = ("listings", "rest", "proof", "notes", "switch", "look")
    times = {step: re.search(rf"\b{step} (\d+\.\d) s", run.output) for step in steps}
    assert re.search(down, run.output), run.output
    assert all(found and float(found[1]) > 0 for found in times.values()), run.output
    assert ", start 7.0 s, " in run.output
    assert "The way back would take about" in run.output
    report = json.loads((cutover.controller.home / "swift-migration-rehearsal.json").read_text())
    assert report["forecast"]["downtime"]["not_measured"] == ["CUBE stops"]
    assert left_behind(cutover) == before


def left_behind(cutover: Cutover) -> tuple[object, ...]:
    """What a rehearsal could leave: containers, objects, a phase, files beside reports."""
    home, here = cutover.controller.home, cutover.deployment.env_file.parent
    paths = [
        path
        for path in home.rglob("*")
        if path.is_file() and not path.name.startswith("swift-migration-rehearsal")
    ]
    return (
        {path: path.read_bytes() for path in paths},
        {path.name for path in here.iterdir() if not path.name.startswith("db.sqlite3")},
        cutover.deployment.env_file.read_text(),
        *([each["name"] for each in side.listing("", cutover.old)] for side in sides(cutover)),
        [each["name"] for each in cutover.destination.listing(cutover.new)],
        cutover.phase,
    )


def sides(cutover: Cutover) -> list[Client]:
    return [cutover.source, cutover.destination]
