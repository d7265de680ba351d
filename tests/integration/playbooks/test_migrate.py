# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What a user of ``ansible-playbook playbooks/migrate.yml`` relies on, from end to end."""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from swiftclient.exceptions import ClientException

from tests.dataset.client import Client
from tests.dataset.upload import Uploaded
from tests.dataset.verify import Verification
from tests.integration.playbooks.controller import Controller, Run, descendants, kill, objects_in
from tests.servers import Lab

pytestmark = pytest.mark.usefixtures("warm_modules")

OBJECTS = 120
LINES, TASKS = 26, 17
"""What a run may print, and on how many tasks it may decide, that has nothing to do."""


def test_a_run_copies_everything_and_the_next_one_asks_for_no_object(
    lab: Lab,
    controller: Controller,
    fill: Callable[[int], Uploaded],
    compare: Callable[[], Verification],
    container: str,
    source_client: Client,
    destination_client: Client,
) -> None:
    fill(OBJECTS)
    settings = {"X-Container-Read": ".r:*", "X-Container-Meta-Quota-Count": "1000"}
    source_client.post_container(container, {**settings, "X-Container-Meta-Web-Index": "i.html"})
    expected = {"seconds": 1.9, "low": 1.2, "high": 2.6}
    forecast = {"objects": OBJECTS, "bytes": 2048, "first_copy": expected}
    report = controller.home / "preflight.json"
    report.write_text(json.dumps({"moment": "2026-11-29T15:20:00+00:00", "forecast": forecast}))
    first = controller.with_real_python().run()
    assert first.status == 0, first.output
    assert first.changed > 0
    told = " ".join(first.output.partition("Report what was done")[2].split())
    assert "Not taken over: quotas (Quota-Count). Add 'quotas' to nerc_container_carry" in told
    assert "(read '.r:*', write '')" in told
    assert "T15:20:00+00:00 expected 2 s (1 to 3) for 120 objects, 2,048 bytes" in told
    headers = destination_client.head(f"{container}-new")
    assert not {"x-container-read", "x-container-meta-quota-count"} & {*headers}
    assert headers["x-container-meta-web-index"] == "i.html"
    compared = compare()
    assert (compared.objects, compared.differences) == (OBJECTS, [])

    logs = [lab.access_log("source"), lab.access_log("destination")]
    marks = [log.mark() for log in logs]
    second = controller.run()
    assert second.status == 0, second.output
    assert second.changed == 0
    assert "expected 2 s" not in second.output
    assert len(second.output.splitlines()) <= LINES
    assert second.tasks <= TASKS
    for log, mark in zip(logs, marks, strict=True):
        assert log.requests(mark, container) != []
        assert log.object_requests(mark, container) == []
        assert {request.method for request in log.requests(mark, container)} <= {"GET", "HEAD"}


def test_check_mode_predicts_exactly_what_a_run_does_and_writes_nothing(
    lab: Lab,
    container: str,
    controller: Controller,
    fill: Callable[[int], Uploaded],
    source_client: Client,
    destination_client: Client,
) -> None:
    fill(OBJECTS)
    listed = [entry["bytes"] for entry in source_client.listing(container)]
    logs = [lab.access_log("source"), lab.access_log("destination")]
    marks = [log.mark() for log in logs]

    check = controller.run("--check", "-v")
    assert check.status == 0, check.output
    predicted = check.result("Copy the objects")
    assert predicted["objects"]["copied"] == len(listed) == OBJECTS
    assert predicted["bytes_copied"] == sum(listed) > 0
    named = []
    for log, mark in zip(logs, marks, strict=True):
        asked = log.requests(mark, container)
        assert {request.method for request in asked} <= {"GET", "HEAD"}
        named.append(Counter(request.method for request in asked if request.name))
    # A listing shows what the source has lost, too, so each object is asked for; and the manifest
    # of the static large object tells whether it may be followed.
    assert named == [{"HEAD": OBJECTS, "GET": 1}, {}]
    with pytest.raises(ClientException, match="404"):
        destination_client.head(f"{container}-new")
    assert not (controller.home / "report.json").exists()

    done = controller.run("-v").result("Copy the objects")
    assert done["objects"] == predicted["objects"]
    assert done["bytes_copied"] == predicted["bytes_copied"]


def test_a_run_killed_with_its_module_is_finished_by_the_next(
    container: str,
    controller: Controller,
    fill: Callable[[int], Uploaded],
    compare: Callable[[], Verification],
    destination_client: Client,
    secrets: re.Pattern[bytes],
) -> None:
    fill(OBJECTS)
    process = controller.with_real_python().start(swift_migration_requests_per_second=20)
    while objects_in(destination_client, f"{container}-new") < OBJECTS // 4:
        assert process.poll() is None, process.communicate()[0]
        time.sleep(0.05)
    kill(descendants(process.pid))
    process.wait()
    copied = objects_in(destination_client, f"{container}-new")
    assert OBJECTS // 4 <= copied < OBJECTS
    assert controller.traces(secrets) == []

    finished = controller.run("-v")
    assert finished.status == 0, finished.output
    done = finished.result("Copy the objects")["objects"]
    assert copied <= done["kept"] < OBJECTS
    assert done["copied"] == OBJECTS - done["kept"]
    assert done["replaced"] == done["failed"] == 0
    compared = compare()
    assert (compared.objects, compared.differences) == (OBJECTS, [])


def test_the_options_of_an_inventory_reach_the_servers_and_a_roles_own_name_wins(
    container: str,
    controller: Controller,
    fill: Callable[[int], Uploaded],
    destination_client: Client,
    tmp_path: Path,
) -> None:
    fill(OBJECTS)
    listed = tmp_path / "list.jsonl"
    options = {
        "nerc_container_read_acl": ".r:*",
        "nerc_container_quota_bytes": 10**9,
        "nerc_container_metadata": {"Owner": "FNNDSC"},
        "migrate_data_prefix": "SERVICES/",
        "migrate_data_list": str(listed),
        "swift_migration_concurrency": 7,
        "swift_migration_requests_per_second": 500,
        "migrate_data_requests_per_second": 400,
        "migrate_data_bandwidth_limit": 10**8,
    }
    first = controller.run("-vvv", **options)
    assert first.status == 0, first.output
    given = invocation(first, "Copy the objects")
    assert (given["concurrency"], given["requests_per_second"]) == (7, 400)
    assert given["bandwidth_limit"] == 10**8
    headers = destination_client.head(f"{container}-new")
    assert headers["x-container-read"] == ".r:*"
    assert headers["x-container-meta-quota-bytes"] == str(10**9)
    assert headers["x-container-meta-owner"] == "FNNDSC"
    names = [entry["name"] for entry in destination_client.listing(f"{container}-new")]
    assert names
    assert all(name.startswith("SERVICES/") for name in names)
    assert len(listed.read_text().splitlines()) == len(names)

    destination_client.put(f"{container}-new", "SERVICES/extra", b"not in the source")
    pruned = controller.run("-v", swift_migration_prune=True, migrate_data_max_delete=1, **options)
    assert pruned.result("Copy the objects")["objects"]["deleted"] == 1
    assert objects_in(destination_client, f"{container}-new") == len(names)
    assert controller.run(**options).changed == 0


def invocation(run: Run, task: str) -> dict[str, Any]:
    """What a module was given, by the name of its task; needs ``-vvv``."""
    told = run.output.partition(f" : {task}] **")[2]
    found = re.search(r"^(?:ok|changed): \[\S+\] => (\{$.*?^\})$", told, re.MULTILINE | re.DOTALL)
    assert found, run.output
    given: dict[str, Any] = json.loads(found[1])["invocation"]["module_args"]
    return given


@pytest.mark.parametrize("cutover", [False, True])
def test_cube_is_left_alone_unless_it_is_asked_for_and_said_how_it_runs(
    cutover: bool,
    lab: Lab,
    controller: Controller,
    fill: Callable[[int], Uploaded],
    tmp_path: Path,
) -> None:
    fill(1)
    hosts = tmp_path / "cube.yml"
    hosts.write_text("cube: {hosts: {localhost: }}\n")
    old = "# CUBE\nSTORAGE_ENV=swift\nSWIFT_CONTAINER_NAME=users\n"
    env = tmp_path / "swift_service.env"
    env.write_text(old)
    login = lab.description["source"]
    asked = {"swift_migration_cutover": True} if cutover else {}
    run = controller.run(
        f"--inventory={hosts}",
        cube_storage_env_files=[str(env)],
        cube_storage_backend="swift",
        cube_storage_swift={
            "auth_url": login["auth_url"],
            "username": login["username"],
            "key": login["password"],
        },
        **asked,
    )
    assert env.read_text() == old
    if cutover:
        assert run.errors[0].startswith("cube_storage_deployment: it is not said how CUBE runs.")
    else:
        assert run.status == 0, run.output


@pytest.mark.parametrize(
    ("group", "cutover"), [("movers", False), ("movers", True), ("cube", True)]
)
def test_an_inventory_that_lacks_a_group_is_refused(
    group: str, cutover: bool, controller: Controller, tmp_path: Path
) -> None:
    inventory = tmp_path / "hosts.yml"
    other = "cube" if group == "movers" else "movers"
    inventory.write_text(f"{other}: {{hosts: {{localhost: {{ansible_connection: local}}}}}}\n")
    run = controller.run(inventory=inventory, swift_migration_cutover=cutover)
    assert run.status != 0
    assert [error for error in run.errors if f"group {group}" in error] == run.errors != []
