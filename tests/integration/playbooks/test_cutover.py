# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A running application taken to the new storage, and back."""

from __future__ import annotations

import json
import re
import shlex
import sys
from typing import Any

from tests.cube.env_file import read
from tests.integration.playbooks.cutover import Cutover
from tests.integration.warm_python import WarmPython
from tests.servers import Lab

FILES = {f"feed_{index}/data/{index:04}.dcm": bytes([index]) * 500 for index in range(8)}


def upload(cutover: Cutover) -> None:
    for name, content in FILES.items():
        cutover.api.upload(name, content)


def records(cutover: Cutover) -> dict[str, dict[str, Any]]:
    """The last record of each kind on the controller."""
    folder = cutover.controller.home / ".local/state/fnndsc.swift_migration/history"
    found = [json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))]
    return {record["what"]: record for record in found}


def test_cutover_again_back_and_once_more(
    cutover: Cutover, lab: Lab, secrets: re.Pattern[bytes], warm_python: WarmPython
) -> None:
    upload(cutover.with_real_python())
    cutover.source.post_container(cutover.old, {"X-Container-Meta-Quota-Count": "1000"})
    first = cutover.migrate("-vvv", "--diff")
    assert first.status == 0, first.output
    assert secrets.findall(first.output.encode()) == []
    assert cutover.variables["cube_storage_s3"]["secret_key"] not in first.output
    assert "Not taken over: quotas (Quota-Count)" in first.output
    assert (cutover.phase, cutover.storage) == ("cut-over", cutover.new)
    assert f"CUBE keeps its files in {cutover.new} now." in first.output
    assert re.search(r"It was stopped for \d+\.\d s", first.output)
    assert cutover.files == FILES
    proof = cutover.controller.home / "proof.json"
    assert json.loads(proof.read_text())["equal"] is True
    told = records(cutover)
    assert told.keys() == {"migrate", "compare", "cutover"}
    assert told["cutover"]["how"] == "done", told["cutover"]["message"]
    words = [event["event"] for event in told["cutover"]["events"] if event["ok"]]
    ends = [word for word in words if word.endswith("ed") or word == "phase"]
    assert [word for word in ends if word != "catalogued"] == [
        *("stopped", "phase", "copied", "proved", "phase", "switched", "started", "checked"),
        "phase",
    ]
    assert {each["name"] for what, each in told.items() if what != "cutover"} >= {
        *told["cutover"]["runs"]
    }
    down = told["cutover"]["downtime"]
    assert [step["step"] for step in down["steps"]] == [
        *("stop", "copy", "prove", "switch", "start", "check")
    ]
    assert down["seconds"] > 0
    assert cutover.controller.traces(secrets) == []
    dossier = json.loads((cutover.controller.home / "swift-migration-dossier.json").read_text())
    assert dossier["verdict"] == "ok", dossier["summary"]
    [stopped] = dossier["downtimes"]
    assert (stopped["seconds"], stopped["steps"]) == (down["seconds"], down["steps"])
    assert dossier["phases"][-1]["phase"] == "cut-over"
    assert [run["what"] for run in dossier["runs"]] == ["migrate", "migrate", "compare"]
    page = (cutover.controller.home / "swift-migration-dossier.html").read_bytes()
    assert dossier["proof"]["source"]["sha256"].encode() in page
    assert secrets.findall(page) == []

    cutover.controller.warmed(warm_python)
    changed = dict(FILES)
    changed["new"] = b"written to the new storage"
    changed["feed_0/data/0000.dcm"] = b"replaced there"
    del changed["feed_1/data/0001.dcm"]
    cutover.api.upload("new", changed["new"])
    cutover.api.replace("feed_0/data/0000.dcm", changed["feed_0/data/0000.dcm"])
    cutover.api.delete("feed_1/data/0001.dcm")
    logs = [lab.access_log("source"), lab.access_log("destination")]
    marks = [(log, log.mark()) for log in logs]
    for again in ({}, {"cutover": False}, {"swift_migration_prune": True}):
        run = cutover.migrate(**again)
        assert run.status == 0, run.output
        assert run.changed == 0
        assert "is in use since its cutover" in run.output
    for log, mark in marks:
        asked = log.requests(mark, cutover.new)
        assert {each.method for each in asked} <= {"GET", "HEAD"}
    assert cutover.files == changed

    back = cutover.rollback()
    assert back.status == 0, back.output
    assert (cutover.phase, cutover.storage) == ("rolled-back", cutover.old)
    assert cutover.files == changed
    foretold = cutover.migrate("--check")
    assert foretold.status == 0, foretold.output
    assert foretold.errors == []
    assert "rescued=0" in foretold.output
    nothing = cutover.rollback()
    assert nothing.status == 0, nothing.output
    assert nothing.changed == 0

    second = cutover.migrate(swift_migration_dossier="/nowhere/dossier.json")
    assert second.status == 0, second.output
    assert "The dossier is not whole: path: cannot write /nowhere/dossier.json" in second.output
    assert "Not taken over" not in second.output  # as nothing has changed there since
    assert (cutover.phase, cutover.storage) == ("cut-over", cutover.new)
    assert cutover.files == changed


def test_with_a_login_for_keys_and_a_fence_which_stands_to_the_way_back(
    cutover: Cutover, lab: Lab
) -> None:
    upload(cutover)
    cutover.controller.variables.pop("cube_storage_s3")
    login = {"openrc": str(lab.openrc("password"))}
    foretold = cutover.migrate("--check", swift_migration_s3_login=login)
    assert foretold.status == 0, foretold.output
    done = cutover.migrate("-v", swift_migration_fence=True, swift_migration_s3_login=login)
    assert done.status == 0, done.output
    keys = read(cutover.deployment.env_file)
    assert keys["S3_SECRET_KEY"] not in done.output
    described = lab.description["destination"]
    assert keys["S3_ENDPOINT_URL"] == described["storage_url"].partition("/v1/")[0]
    assert keys["S3_REGION"] == described["region_name"]
    assert cutover.files == FILES  # the keys are good
    assert cutover.source.head(cutover.old)["x-container-meta-quota-count"] == "0"
    back = cutover.rollback(swift_migration_s3_login=login)
    assert back.status == 0, back.output
    assert f"CUBE keeps its files in {cutover.old} again." in back.output
    assert "x-container-meta-quota-count" not in cutover.source.head(cutover.old)
    cutover.api.upload("later", b"later")


def test_much_to_copy_a_part_or_no_described_deployment_stops_nothing(cutover: Cutover) -> None:
    upload(cutover)
    begun = cutover.deployment.starts
    refused = cutover.migrate(migrate_data_settled_bytes=-1)
    assert refused.status != 0
    assert refused.errors[-1].startswith("migrate_data_settled_bytes: the last copy still had")
    assert cutover.deployment.starts == begun
    assert cutover.storage == cutover.old

    part = cutover.migrate(migrate_data_prefix="feed_0/")
    assert part.status != 0
    assert any(error.startswith("migrate_data_prefix: 'feed_0/'") for error in part.errors)
    assert cutover.deployment.starts == begun
    assert (cutover.phase, cutover.storage) == ("copying", cutover.old)

    assert_other_storages_are_refused(cutover)
    cutover.source.put(cutover.old, "odd//name", b"")
    odd = cutover.migrate()
    assert odd.status != 0
    assert any('Among them "odd//name". Nothing was stopped.' in error for error in odd.errors)
    cutover.source.delete(cutover.old, "odd//name")
    assert cutover.deployment.starts == begun
    assert (cutover.phase, cutover.storage) == ("copying", cutover.old)

    undescribed = cutover.migrate(cube_storage_commands={})
    assert undescribed.status != 0
    assert undescribed.errors == [
        "Validation of arguments failed:\nmissing required arguments: environment, run, running, "
        "start, stop found in cube_storage_commands"
    ]
    assert cutover.deployment.starts == begun
    assert (cutover.phase, cutover.storage) == ("copying", cutover.old)


def assert_other_storages_are_refused(cutover: Cutover) -> None:
    """What the service's process says of its storage counts, and what its server answers."""
    described = cutover.variables["cube_storage_commands"]
    real = described["environment"]
    moved = "but the migration moves the container"
    for change, told in (
        ("s/^SWIFT_CONTAINER_NAME=.*/SWIFT_CONTAINER_NAME=h5real/", f"h5real of .* {moved}"),
        ("s/^STORAGE_ENV=.*/STORAGE_ENV=fslink/", "backend fslink: its files are in a folder"),
    ):
        command = f"({real}) | sed {shlex.quote(change)}"
        run = cutover.migrate(cube_storage_commands={**described, "environment": command})
        assert run.status != 0
        assert any(re.search(told, error) for error in run.errors), run.output


def test_objects_of_others_in_the_new_container_are_told_before_the_stop(cutover: Cutover) -> None:
    upload(cutover)
    begun = cutover.deployment.starts
    cutover.destination.put_container(cutover.new)
    cutover.destination.put(cutover.new, "stranger", b"somebody else's")
    told = cutover.migrate("--check", migrate_data_accept_extra=True)
    assert told.status != 0
    start = f"migrate_data_accept_extra: {cutover.new} holds 1 objects that {cutover.old}"
    assert any(e.startswith(start) and "Nothing was stopped." in e for e in told.errors)
    assert cutover.deployment.starts == begun
    assert cutover.phase == ""


def test_the_play_by_itself_copies_and_tells_of_others_objects_before_the_stop(
    cutover: Cutover,
) -> None:
    upload(cutover)
    begun = cutover.deployment.starts
    cutover.destination.put_container(cutover.new)
    cutover.destination.put(cutover.new, "stranger", b"somebody else's")
    told = cutover.cut_over(migrate_data_accept_extra=True)
    assert told.status != 0
    start = f"migrate_data_accept_extra: {cutover.new} holds 1 objects that {cutover.old}"
    assert any(e.startswith(start) and "Nothing was stopped." in e for e in told.errors)
    assert cutover.deployment.starts == begun
    assert (cutover.phase, cutover.storage) == ("copying", cutover.old)
    copied = {row["name"] for row in cutover.destination.listing(cutover.new)}
    assert {*FILES} < copied


def test_a_health_url_that_nobody_answers_is_refused_before_the_stop_with_all_else_that_is_wrong(
    cutover: Cutover,
) -> None:
    upload(cutover)
    begun = cutover.deployment.starts
    without_packages = shlex.join([sys.executable, "-S", "-"])
    wrong: dict[str, Any] = {
        "cube_storage_health_url": "http://127.0.0.1:1/",
        "cube_storage_commands": {
            **cutover.variables["cube_storage_commands"],
            "run": without_packages,
        },
    }
    for arguments in (["--check"], []):
        run = cutover.migrate(*arguments, **wrong)
        assert run.status != 0
        [error] = [each for each in run.errors if "http://127.0.0.1:1/" in each]
        assert "http://127.0.0.1:1/ is not healthy after 5 seconds" in error
        assert "the Python of server has no boto3" in error
        assert "the Python of worker has no boto3" in error
        assert cutover.deployment.starts == begun
