# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What swift_preflight finds at the source, and on the host where it runs."""

from __future__ import annotations

import json
from pathlib import Path

from tests.integration.conftest import Options, RunModule
from tests.integration.faulty import Faulty
from tests.integration.pair import Pair, fill
from tests.integration.preflight.conftest import Preflight
from tests.integration.preflight.findings import failures, told
from tests.servers.faults import Status


def test_a_source_that_is_not_there_is_told(
    preflight: Preflight, params: Options, pair: Pair
) -> None:
    result = preflight(source={**params["source"], "container": "no-such-container"})
    assert failures(result) == ["container of the source"]
    assert "'no-such-container' does not exist" in told(result, "container of the source")[1]


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


def test_names_that_cube_changes_over_s3_are_told(pair: Pair, preflight: Preflight) -> None:
    pair.source.put(pair.name, "a//b", b"1")
    assert failures(preflight()) == []
    assert failures(preflight(s3=True)) == ["names over S3"]


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


def test_a_folder_that_cannot_be_used_is_told(
    pair: Pair, preflight: Preflight, tmp_path: Path
) -> None:
    fill(pair, 1)
    (tmp_path / "file").touch()
    result = preflight(state_dir=str(tmp_path / "file" / "state"))
    assert failures(result) == ["state folder"]
    assert result["survey"]["objects"] == 1
