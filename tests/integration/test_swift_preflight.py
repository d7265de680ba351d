# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""swift_preflight against the real servers: each check fails when it has to, and alone."""

from __future__ import annotations

import dataclasses
import json
import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest

from tests.dataset.client import Account, Client
from tests.integration.conftest import Options, RunModule
from tests.integration.faulty import Faulty, between
from tests.integration.pair import Pair, fill
from tests.servers import Lab
from tests.servers.access_log import Target
from tests.servers.faults import Edit, EditHead, Headers, Status, merged_slashes

GIB = 1024**3
MIGRATION = "X-Container-Meta-Migration-Source"

Preflight = Callable[..., dict[str, Any]]


@pytest.fixture
def params(pair: Pair, source: Options, destination: Options, tmp_path: Path) -> Options:
    """A pair of containers, and a folder; nothing is measured."""
    return {
        "source": {**source, "container": pair.name},
        "destination": {**destination, "container": pair.name},
        "state_dir": str(tmp_path / "state"),
        "measure": False,
    }


@pytest.fixture
def preflight(run_module: RunModule, params: Options) -> Preflight:
    """Run the module, and give its result."""

    def run(**given: Any) -> dict[str, Any]:
        result = run_module("swift_preflight", {**params, **given})
        assert not result.get("failed"), result["msg"]
        assert not result["changed"]
        return result

    return run


@pytest.fixture
def through_proxies(
    pair: Pair, preflight: Preflight, application_credential: Options
) -> Iterator[Faulty]:
    """The pair behind proxies; its ``sync`` is the preflight."""
    looked = dataclasses.replace(pair, sync=preflight)
    with between(looked, application_credential) as made:
        yield made


def told(result: dict[str, Any], name: str) -> tuple[str, str, str]:
    """The only check of a name: verdict, what was seen, remedy."""
    [found] = [check for check in result["checks"] if check["name"] == name]
    return found["verdict"], found["seen"], found["remedy"]


def bad(result: dict[str, Any]) -> list[str]:
    """The names of all checks that are not ok."""
    return [check["name"] for check in result["checks"] if check["verdict"] != "ok"]


def failures(result: dict[str, Any]) -> list[str]:
    return [check["name"] for check in result["checks"] if check["verdict"] == "failure"]


def scratch_containers(pair: Pair) -> list[str]:
    """Those at the destination whose names begin with the pair's, but for the pair's own."""
    return [row["name"] for row in pair.destination.listing("", pair.name) if "name" in row][1:]


def test_a_pair_that_can_be_migrated_fails_no_check(pair: Pair, preflight: Preflight) -> None:
    fill(pair, 3)
    result = preflight()
    assert bad(result) == []
    assert told(result, "listing of the source")[1].startswith("3 objects, 300 bytes in ")
    assert told(result, "container of the destination")[1] == (
        f"container '{pair.name}' is there and is empty"
    )
    assert result["survey"]["objects"] == 3
    assert result["forecast"]["first_copy"] is None


def test_it_writes_nothing_when_it_does_not_measure(
    pair: Pair, preflight: Preflight, tmp_path: Path
) -> None:
    fill(pair, 3)
    pair.source.put(pair.name, "a//b", b"1")
    logs = [pair.lab.access_log(side) for side in ("source", "destination")]
    marks = [log.mark() for log in logs]
    result = preflight()
    for log, mark in zip(logs, marks, strict=True):
        assert {each.method for each in log.requests(mark, pair.name)} <= {"GET", "HEAD"}
    assert told(result, "names at the destination")[0] == "warning"
    assert not (tmp_path / "state").exists()


def test_a_migration_under_way_is_recognized(pair: Pair, preflight: Preflight) -> None:
    fill(pair, 3)
    assert not pair.sync().get("failed")
    seen = f"container '{pair.name}' is this migration's, phase copying"
    assert told(preflight(), "container of the destination") == ("ok", seen, "")


@pytest.mark.parametrize("side", ["source", "destination"])
def test_a_wrong_secret_at_one_side_keeps_no_check_of_the_other_back(
    pair: Pair,
    preflight: Preflight,
    params: Options,
    application_credential: Options,
    side: str,
) -> None:
    fill(pair, 3)
    login = params["source"] if side == "source" else application_credential
    key = "password" if side == "source" else "application_credential_secret"
    wrong = {**login, "auth": {**login["auth"], key: "wrong"}, "container": pair.name}
    result = preflight(**{side: wrong})
    assert failures(result) == [f"login to the {side}"]
    assert told(result, f"login to the {side}")[1].startswith(f"{side}.auth.{key}: ")
    other = "destination" if side == "source" else "source"
    assert told(result, f"login to the {other}")[0] == "ok"
    assert told(result, f"server of the {other}")[0] == "ok"
    if side == "destination":
        assert result["survey"]["objects"] == 3


def test_an_openrc_that_is_not_there_is_told(preflight: Preflight, pair: Pair) -> None:
    result = preflight(destination={"openrc": "/nowhere/openrc.sh", "container": pair.name})
    verdict, seen, _remedy = told(result, "login to the destination")
    assert verdict == "failure"
    assert "/nowhere/openrc.sh" in seen


def test_a_role_that_may_not_use_the_object_store_is_told(
    preflight: Preflight, pair: Pair, lab: Lab
) -> None:
    login = {"openrc": str(lab.openrc("no-swift-role")), "container": pair.name}
    assert failures(preflight(destination=login)) == ["container of the destination"]


def test_an_address_in_the_clear_after_a_login_over_https_is_told(
    preflight: Preflight, params: Options, pair: Pair, lab: Lab
) -> None:
    tls = {"openrc": str(lab.openrc("tls")), "ca_cert": lab.description["ca_cert"]}
    plain = {**tls, "container": pair.name, "storage_url": lab.description["storage_url"]}
    result = preflight(destination=plain)
    assert failures(result) == ["address of the destination"]
    assert "the login was over https, but" in told(result, "address of the destination")[1]


def test_a_source_that_is_not_there_is_told(
    preflight: Preflight, params: Options, pair: Pair
) -> None:
    result = preflight(source={**params["source"], "container": "no-such-container"})
    assert failures(result) == ["container of the source"]
    assert "'no-such-container' does not exist" in told(result, "container of the source")[1]


def test_a_destination_to_be_made_is_all_right(
    preflight: Preflight, params: Options, pair: Pair
) -> None:
    fill(pair, 1)
    new = f"{pair.name}-new"
    result = preflight(destination={**params["destination"], "container": new})
    seen = f"container '{new}' is not there yet, and will be made"
    assert told(result, "container of the destination") == ("ok", seen, "")
    assert bad(result) == []


def test_a_destination_of_strangers_is_told(pair: Pair, preflight: Preflight) -> None:
    fill(pair, 1)
    pair.destination.put(pair.name, "theirs", b"1")
    result = preflight()
    assert failures(result) == ["container of the destination"]
    assert (
        "holds 1 objects that the source does not have"
        in (told(result, "container of the destination")[1])
    )
    assert failures(preflight(accept_extra=True)) == []


def test_a_destination_of_another_migration_is_told(pair: Pair, preflight: Preflight) -> None:
    fill(pair, 1)
    pair.destination.post_container(pair.name, {MIGRATION: "AUTH_other/users@1.0"})
    result = preflight()
    assert failures(result) == ["container of the destination"]
    assert (
        "is filled from 'AUTH_other/users@1.0'" in (told(result, "container of the destination")[1])
    )


def test_the_source_itself_is_no_destination(preflight: Preflight, params: Options) -> None:
    result = preflight(destination=params["source"])
    assert failures(result) == ["container of the destination"]


def test_a_container_quota_that_is_too_small_is_told(pair: Pair, preflight: Preflight) -> None:
    fill(pair, 3)
    quotas = {"X-Container-Meta-Quota-Bytes": "299", "X-Container-Meta-Quota-Count": "2"}
    pair.destination.post_container(pair.name, quotas)
    result = preflight()
    name = "quota of the destination's container"
    assert failures(result) == [name, name]
    assert [check["remedy"] for check in result["checks"] if check["name"] == name] == [
        "Set its quota_bytes to at least 300, or to 0 for no limit",
        "Set its quota_count to at least 3, or to 0 for no limit",
    ]


@pytest.mark.own_lab
def test_an_account_quota_that_is_too_small_is_told_with_the_number_to_ask_for(
    pair: Pair, preflight: Preflight, run_module: RunModule, lab: Lab
) -> None:
    fill(pair, 3)
    segments = f"{pair.name}_segments"
    pair.source.put_container(segments)
    pair.source.put(segments, "s/1", b"1" * 1000)
    token = run_module("swift_auth", {"openrc": str(lab.openrc("admin")), "token": True})["token"]
    account = Client(Account(lab.description["storage_url"], token))
    try:
        account._call("POST", "", headers={"X-Account-Meta-Quota-Bytes": "500"})
        result = preflight()
    finally:
        account._call("POST", "", headers={"X-Account-Meta-Quota-Bytes": ""})
        account.close()
    verdict, seen, remedy = told(result, "quota of the destination's account")
    assert verdict == "failure"
    # The account holds what other tests have left, too.
    assert re.match(r"it is 500 bytes, but [\d.,]+ (bytes|GiB) are needed", seen)
    assert re.fullmatch(r"Ask for a quota of at least \d+ GiB and 4 objects", remedy)


def test_what_the_destination_does_not_take_is_told(through_proxies: Faulty) -> None:
    fill(through_proxies, 1)
    through_proxies.source.put(through_proxies.name, "n" * 200, b"1" * 2000)
    wordy = {"X-Object-Meta-Note": "x" * 60}
    through_proxies.source.put(through_proxies.name, "wordy", b"1", wordy)
    limits = {"max_object_name_length": 100, "max_file_size": 1000, "max_meta_value_length": 50}

    def limited(body: bytes) -> bytes:
        found = json.loads(body)
        del found["slo"]
        return json.dumps({**found, "swift": {**found["swift"], **limits}}).encode()

    through_proxies.there.inject(Edit(limited), is_info)
    result = through_proxies.sync()
    assert failures(result) == ["longest name", "largest object", "metadata of objects"]
    assert "longer than the 100 bytes" in told(result, "longest name")[1]
    assert "larger than the 1,000 bytes" in told(result, "largest object")[1]
    assert "as wordy: its metadata 'note' has 60 bytes" in told(result, "metadata of objects")[1]


def is_info(target: Target) -> bool:
    return target.path.endswith("/info")


def test_what_a_container_has_besides_plain_objects_is_told(
    pair: Pair, preflight: Preflight
) -> None:
    pair.source.post_container(
        pair.name,
        {
            "X-Container-Read": ".r:*",
            "X-Container-Meta-Temp-Url-Key": "sesame",
            "X-Container-Meta-Access-Control-Allow-Origin": "*",
        },
    )
    fill(pair, 1)
    pair.source.put(pair.name, "link", b"", {"X-Symlink-Target": f"{pair.name}/data/0000"})
    pair.source.put(pair.name, "expiring", b"1", {"X-Delete-After": "86400"})
    pair.source.put_container(f"{pair.name}_segments")
    pair.source.put(f"{pair.name}_segments", "d/1", b"1")
    pair.source.put(pair.name, "dynamic", b"", {"X-Object-Manifest": f"{pair.name}_segments/d/"})
    result = preflight()
    seen = [
        check["seen"] for check in result["checks"] if check["name"] == "settings of the source"
    ]
    assert seen[0] == "taken over: Access-Control-Allow-Origin"
    assert any("Temp-Url-Key" in each for each in seen[1:])
    assert any("who else may use the container (read '.r:*'" in each for each in seen[1:])
    assert "sesame" not in json.dumps(result)
    assert told(result, "symlinks")[1].startswith("1; ")
    assert told(result, "expiring objects")[:2] == (
        "warning",
        "1 of 4 that were looked at have a time of deletion, as expiring",
    )
    assert told(result, "dynamic large objects")[1].startswith("1 of 4 that were looked at, as dyn")
    assert failures(result) == []


def test_old_versions_are_told(pair: Pair, preflight: Preflight) -> None:
    pair.source.post_container(pair.name, {"X-Versions-Enabled": "true"})
    for body in (b"1", b"2", b"3"):
        pair.source.put(pair.name, "o", body)
    verdict, seen, _remedy = told(preflight(), "old versions")
    assert (verdict, seen) == ("warning", f"container '{pair.name}' has 2, which are not copied")


def test_an_object_that_is_listed_and_not_there_is_told(through_proxies: Faulty) -> None:
    fill(through_proxies, 2)
    through_proxies.here.inject(Status(404), lambda target: target.name == "data/0001", times=None)
    result = through_proxies.sync()
    assert failures(result) == ["unreadable objects"]
    assert (
        "1 of 2 that were looked at are listed and not there, as data/0001"
        in (told(result, "unreadable objects")[1])
    )


@pytest.mark.parametrize("side", ["source", "destination"])
def test_a_clock_that_is_wrong_is_told(through_proxies: Faulty, side: str) -> None:
    fill(through_proxies, 1)

    def behind(headers: Headers) -> Headers:
        kept = [each for each in headers if each[0].lower() not in ("date", "x-trans-id")]
        return [*kept, ("Date", formatdate(time.time() - 600, usegmt=True))]

    through_proxies.side(side).inject(
        EditHead(behind), lambda target: target.method == "HEAD" and not target.name, times=None
    )
    result = through_proxies.sync()
    assert bad(result) == [f"clock of the {side}"]
    assert "s behind this host's" in told(result, f"clock of the {side}")[1]


def test_names_that_cube_changes_over_s3_are_told(pair: Pair, preflight: Preflight) -> None:
    pair.source.put(pair.name, "a//b", b"1")
    assert failures(preflight()) == []
    assert failures(preflight(s3=True)) == ["names over S3"]


@pytest.mark.parametrize("where", ["destination", "front"])
def test_a_proxy_that_changes_names_is_told(
    through_proxies: Faulty, application_credential: Options, where: str
) -> None:
    through_proxies.source.put(through_proxies.name, "a//b", b"1")
    there, keystone = through_proxies.there, through_proxies.keystone
    there.inject(merged_slashes(), lambda target: "_preflight_" in target.container, times=None)
    given: Options = {"measure": True}
    if where == "front":
        auth = {**application_credential["auth"], "auth_url": f"{keystone.url}/v3"}
        given["destination"] = {
            **application_credential,
            "auth": auth,
            "container": through_proxies.name,
            "storage_url": through_proxies.lab.description["storage_url"],
        }
        given["front"] = there.url
    result = through_proxies.sync(**given)
    assert failures(result) == [f"names at the {where}"]
    assert "changes names with '//' in them: 1, as a//b" in told(result, f"names at the {where}")[1]
    assert scratch_containers(through_proxies) == []


def test_a_folder_that_cannot_be_used_is_told(
    pair: Pair, preflight: Preflight, tmp_path: Path
) -> None:
    fill(pair, 1)
    (tmp_path / "file").touch()
    result = preflight(state_dir=str(tmp_path / "file" / "state"))
    assert failures(result) == ["state folder"]
    assert result["survey"]["objects"] == 1


def test_an_option_that_is_wrong_makes_the_module_fail(
    run_module: RunModule, params: Options
) -> None:
    result = run_module("swift_preflight", {**params, "concurrency": 0})
    assert result["failed"]
    assert result["msg"] == "concurrency: 0 is too small. Give 1 or more."


def test_a_measurement_leaves_nothing_behind(
    pair: Pair, preflight: Preflight, tmp_path: Path
) -> None:
    fill(pair, 30)
    pair.source.put(pair.name, "a//b", b"1")
    pair.source.put(pair.name, "large", bytes(5 << 20))
    result = preflight(measure=True)
    assert bad(result) == []
    assert told(result, "names at the destination")[1] == "kept, also with '//' in them"
    assert scratch_containers(pair) == []
    assert pair.names() == []
    first = result["forecast"]["first_copy"]
    assert 0 < first["low"] < first["seconds"] < first["high"]
    assert result["forecast"]["rates"]["objects_per_second"] > 0
    left = [path.name for path in (tmp_path / "state").iterdir()]
    assert [name.split(".", 1)[1] for name in left] == ["scratch.lock"]
    assert not pair.sync().get("failed")
    assert pair.differences() == []


def test_check_mode_measures_nothing(run_module: RunModule, pair: Pair, params: Options) -> None:
    fill(pair, 1)
    result = run_module("swift_preflight", {**params, "measure": True}, check=True)
    assert result["forecast"]["rates"] is None
    assert "measured copy" not in [check["name"] for check in result["checks"]]


def test_what_a_killed_measurement_has_left_the_next_one_removes(
    pair: Pair, preflight: Preflight, tmp_path: Path
) -> None:
    fill(pair, 30)
    slow = {"measure": True, "requests_per_second": 20, "concurrency": 2}
    with ThreadPoolExecutor() as pool:
        killed = pool.submit(preflight, **slow)
        deadline = time.monotonic() + 60
        while not (left := scratch_containers(pair)):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        time.sleep(0.5)
        [lock] = (tmp_path / "state").glob("*.scratch.lock")
        os.kill(int(lock.read_text()), signal.SIGKILL)
        with pytest.raises(json.JSONDecodeError):  # it has no result
            killed.result(30)
    assert scratch_containers(pair) == left
    theirs = f"{left[0][:-16]}{'0' * 16}"
    pair.destination.put_container(theirs)  # nobody has marked it
    assert bad(preflight(measure=True)) == []
    assert scratch_containers(pair) == [theirs]
    pair.destination.delete_container(theirs)


def test_the_source_is_told_as_what_the_application_must_use(
    preflight: Preflight, run_module: RunModule, params: Options, pair: Pair
) -> None:
    login = {name: value for name, value in params["source"].items() if name != "container"}
    found = run_module("swift_container_info", {**login, "names": [pair.name]})
    moved = {
        "container": pair.name,
        "storage_url": found["storage_url"],
        "identity": found["containers"][0]["identity"],
    }
    wrong = {**params["destination"], "region_name": "nowhere"}
    for result in (preflight(), preflight(destination=wrong)):
        assert result["moved"] == moved
    assert preflight(source={**params["source"], "container": "none"})["moved"] is None
