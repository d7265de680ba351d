# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""swift_compare between two real Swifts."""

from __future__ import annotations

import hashlib
import json
import stat
from functools import partial
from pathlib import Path

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._version import VERSION

from tests.dataset import dataset
from tests.dataset.client import Account
from tests.dataset.upload import Uploader
from tests.integration.comparison.findings import Compare, outcomes, rot
from tests.integration.conftest import Options
from tests.integration.faulty import Faulty, asks
from tests.integration.gateway import free_port
from tests.integration.pair import Pair, counts, fill
from tests.servers.faults import Status


@pytest.mark.parametrize("level", ["listing", "headers", "content"])
def test_a_copied_cube_is_equal_at_every_level(pair: Pair, compare: Compare, level: str) -> None:
    objects = 120
    Uploader(Account.source(pair.lab.description), pair.name).run(
        dataset(7, objects, 0.02, pair.name)
    )
    assert not pair.sync().get("failed")
    for check in (True, False):
        result = compare(level=level, check=check)
        assert not result.get("failed"), result["msg"]
        assert result["equal"] is True
        assert result["changed"] is False
        assert result["objects"]["match"] == len(pair.names())
        assert result["source"] == result["destination"]
        assert result["sampled"] == (0 if level == "listing" else len(pair.names()))


def test_a_file_tells_how_far_it_is_unless_nobody_wants_to_know(
    pair: Pair, compare: Compare, tmp_path: Path
) -> None:
    fill(pair, 9)
    pair.sync()
    pair.destination.put(pair.name, "data/0001", b"other bytes")
    state_dir = tmp_path / "compared"
    options = {"level": "content", "sample": "4", "state_dir": str(state_dir)}
    compare(**options, progress_interval=0)
    assert list(state_dir.glob("*.comparison")) == []
    compare(**options)
    [path] = state_dir.glob("*.comparison")
    state = json.loads(path.read_text())
    assert state["containers"] == [pair.name, pair.name]
    assert (state["objects_done"], state["objects_unequal"]) == (9 + 4, 1)
    assert state["done"]


def test_a_listing_comparison_asks_for_no_ordinary_object(pair: Pair, compare: Compare) -> None:
    fill(pair, 30)
    pair.source.put(pair.name, "empty", b"")
    assert counts(pair.sync()) == {"copied": 31}
    assert pair.requests(compare) == (["HEAD empty"], ["HEAD empty"])


class TestDifferences:
    """Each difference is found at the level that promises it, and named."""

    @pytest.fixture
    def copied(self, pair: Pair) -> Pair:
        fill(pair, 6)
        assert counts(pair.sync()) == {"copied": 6}
        return pair

    def test_at_every_level(self, copied: Pair, compare: Compare) -> None:
        copied.destination.delete(copied.name, "data/0001")
        copied.destination.put(copied.name, "data/0002", b"other bytes")
        copied.destination.put(copied.name, "data/0003", bytes([3]) * 100, {"Content-Type": "x/y"})
        copied.destination.put(copied.name, "new", b"1")
        for level in ("listing", "headers", "content"):
            result = compare(level=level)
            assert result["failed"]
            assert result["equal"] is False
            assert "2 differ, 1 missing, 1 extra. The first is data/0001: missing" in result["msg"]
            assert outcomes(result) == {"match": 3, "differ": 2, "missing": 1, "extra": 1}
            assert result["source"]["sha256"] != result["destination"]["sha256"]
            found = {one["name"]: (one["outcome"], one["what"]) for one in result["differences"]}
            assert found["data/0001"] == ("missing", [])
            assert found["data/0002"][0] == "differ"
            assert found["data/0002"][1][:2] == ["bytes", "hash"]
            assert found["data/0003"] == ("differ", ["content-type"])
            assert found["new"] == ("extra", [])

    def test_metadata_only_by_headers(self, copied: Pair, compare: Compare) -> None:
        kind = copied.source.head(copied.name, "data/0003")["content-type"]
        headers = {"Content-Type": kind, "X-Object-Meta-Colour": "red"}
        copied.destination.put(copied.name, "data/0003", bytes([3]) * 100, headers)
        assert compare(level="listing")["equal"] is True
        result = compare(level="headers")
        assert outcomes(result) == {"match": 5, "differ": 1}
        assert result["differences"][0]["what"] == ["x-object-meta-colour"]

    def test_bytes_rotten_on_the_disk_only_by_content(self, copied: Pair, compare: Compare) -> None:
        rot(copied)
        assert compare(level="headers")["equal"] is True
        result = compare(level="content")
        assert outcomes(result) == {"match": 5, "differ": 1}
        assert result["differences"][0]["what"] == [
            "hash",
            "destination: bytes do not have the MD5 of their ETag",
        ]

    def test_what_only_the_destination_has_may_be_ignored(
        self, copied: Pair, compare: Compare
    ) -> None:
        copied.destination.put(copied.name, "new", b"1")
        result = compare(ignore_extra=True)
        assert result["equal"] is True
        assert outcomes(result) == {"match": 6, "extra": 1}

    def test_a_loss_is_told_before_what_is_ignored(self, copied: Pair, compare: Compare) -> None:
        copied.destination.delete(copied.name, "data/0003")
        for number in range(25):
            copied.destination.put(copied.name, f"a/{number:02}", b"1")
        result = compare(ignore_extra=True)
        assert ": 1 missing. The first is data/0003: missing." in result["msg"]
        assert [each["name"] for each in result["differences"]] == ["data/0003"]
        assert outcomes(result) == {"match": 5, "missing": 1, "extra": 25}


class TestSample:
    """A part of the objects, chosen by the seed, looked at more closely."""

    def test_only_the_sample_is_read(self, pair: Pair, compare: Compare) -> None:
        fill(pair, 40)
        pair.sync()
        drawn = []
        for seed in ("a", "a", "b"):
            look = partial(compare, level="content", sample="7", seed=seed)
            here, there = map(sorted, pair.requests(look))
            assert here == there
            assert len(set(here)) == 7
            drawn.append(here)
        assert drawn[0] == drawn[1] != drawn[2]
        share = compare(level="headers", sample="50%")
        assert 8 < share["sampled"] < 32

    def test_a_difference_in_it_is_found(self, pair: Pair, compare: Compare) -> None:
        fill(pair, 5)
        pair.sync()
        rot(pair)
        result = compare(level="content", sample="5")
        assert outcomes(result) == {"match": 4, "differ": 1}

    def test_a_share_of_few_objects_reads_one(
        self, pair: Pair, compare: Compare, tmp_path: Path
    ) -> None:
        fill(pair, 60)
        pair.sync()
        path = tmp_path / "proof.json"
        # By this seed the share draws none of these names.
        look = partial(compare, level="content", sample="1%", seed="1", proof=str(path))
        here, there = pair.requests(look)
        proof = json.loads(path.read_text())
        assert here == there
        assert len(here) == proof["sampled"] == 1
        assert (proof["level"], proof["sample"], proof["seed"]) == ("content", "1%", "1")
        assert proof["objects"]["match"] == 60

    def test_a_size_that_is_none_is_refused(self, compare: Compare) -> None:
        assert compare(sample="a few")["msg"].startswith("sample: 'a few' is neither")


class TestLargeObjects:
    """Large objects are compared by their segments."""

    @pytest.mark.parametrize("level", ["listing", "content"])
    def test_a_lost_segment_is_found(self, pair: Pair, compare: Compare, level: str) -> None:
        segments = pair.name + "_segments"
        pair.source.put_container(segments)
        for index in range(3):
            pair.source.put(segments, f"d/{index}", bytes([65 + index]) * 1000)
        pair.source.put(pair.name, "dynamic", b"", {"X-Object-Manifest": f"{segments}/d/"})
        assert counts(pair.sync()) == {"copied": 1}
        assert compare(level=level)["equal"] is True
        pair.destination.delete(segments, "d/1")
        result = compare(level=level)
        assert outcomes(result) == {"differ": 1}
        assert result["differences"][0]["what"][:1] == ["bytes"]


def test_a_lost_object_that_the_source_does_not_find_for_a_moment_is_missing(
    faulty: Faulty, compare: Compare, source: Options
) -> None:
    fill(faulty, 3)
    assert counts(faulty.sync()) == {"copied": 3}
    faulty.destination.delete(faulty.name, "data/0001")
    momentary = faulty.here.inject(Status(404), asks("HEAD", "data/0001"))
    auth = {**source["auth"], "auth_url": f"{faulty.here.url}/auth/v1.0"}
    result = compare(source={**source, "auth": auth, "container": faulty.name})
    assert momentary.injected == 1
    assert outcomes(result) == {"match": 2, "missing": 1}


def test_a_busy_source_is_waited_for(faulty: Faulty, compare: Compare, source: Options) -> None:
    fill(faulty, 30)
    assert counts(faulty.sync()) == {"copied": 30}
    busy = faulty.here.inject(Status(429), asks("HEAD"), skip=5, times=4)
    auth = {**source["auth"], "auth_url": f"{faulty.here.url}/auth/v1.0"}
    result = compare(level="headers", source={**source, "auth": auth, "container": faulty.name})
    assert busy.injected == 4
    assert outcomes(result) == {"match": 30}


def test_the_proof_can_be_computed_again_from_the_listings(
    pair: Pair, compare: Compare, tmp_path: Path
) -> None:
    fill(pair, 8)
    pair.sync()
    path, report = tmp_path / "proof.json", tmp_path / "differences.jsonl"
    result = compare(level="content", sample="3", seed="s", proof=str(path), report=str(report))
    proof = json.loads(path.read_text())
    for side, client in (("source", pair.source), ("destination", pair.destination)):
        lines = "".join(
            f"{row['name']}\0{row['bytes']}\0{row['hash']}\n" for row in client.listing(pair.name)
        )
        assert proof[side]["sha256"] == hashlib.sha256(lines.encode()).hexdigest()
        assert proof[side]["objects"] == 8
        assert proof[side]["bytes"] == 800
    assert proof["equal"] is result["equal"] is True
    assert proof["sampled"] == 3
    assert report.read_text() == ""
    assert stat.S_IMODE(path.stat().st_mode) == stat.S_IMODE(report.stat().st_mode) == 0o600


def test_a_proof_of_a_part_says_so(pair: Pair, compare: Compare, tmp_path: Path) -> None:
    fill(pair, 3)
    pair.source.put(pair.name, "other", b"1")
    pair.sync(prefix="data/")
    path = tmp_path / "proof.json"
    part = compare(prefix="data/", proof=str(path))
    assert (part["equal"], part["complete"]) == (True, False)
    proof = json.loads(path.read_text())
    assert (proof["prefix"], proof["complete"]) == ("data/", False)
    assert proof["collection"] == VERSION
    assert proof["source"]["server"] == proof["destination"]["server"]
    assert proof["source"]["server"].startswith("swift 2.")
    assert (proof["ignore_extra"], proof["set_aside"]) == (False, True)
    pair.sync()
    assert compare(proof=str(path))["complete"] is True
    assert json.loads(path.read_text())["complete"] is True


def test_a_proof_of_inequality_is_written_too_and_the_report_has_every_name(
    pair: Pair, compare: Compare, tmp_path: Path
) -> None:
    fill(pair, 30)
    path, report = tmp_path / "proof.json", tmp_path / "differences.jsonl"
    report.write_text("old\n")
    report.chmod(0o644)
    result = compare(proof=str(path), report=str(report))
    assert result["failed"]
    assert stat.S_IMODE(report.stat().st_mode) == 0o600
    assert json.loads(path.read_text())["equal"] is False
    assert len(result["differences"]) == 20
    names = [json.loads(line)["name"] for line in report.read_text().splitlines()]
    assert names == [f"data/{index:04}" for index in range(30)]


def test_a_container_that_is_not_there_is_named(
    pair: Pair, compare: Compare, source: Options
) -> None:
    result = compare(source={**source, "container": "nowhere"})
    assert result["failed"]
    assert result["msg"].startswith("source.container: container 'nowhere' does not exist")


@pytest.mark.parametrize("broken", ["password", "port", "container"])
def test_what_could_not_be_compared_is_not_equal(
    pair: Pair, compare: Compare, source: Options, tmp_path: Path, broken: str
) -> None:
    path = tmp_path / "proof.json"
    assert compare(proof=str(path))["equal"] is True
    auth, name = dict(source["auth"]), pair.name
    if broken == "password":
        auth["password"] = "not-the-password"
    elif broken == "port":
        auth["auth_url"] = f"http://127.0.0.1:{free_port()}/auth/v1.0"
    else:
        name = "nowhere"
    result = compare(source={**source, "auth": auth, "container": name}, proof=str(path))
    proof = json.loads(path.read_text())
    assert result["failed"]
    assert proof["problem"] == result["msg"]
    for told in (result, proof):
        assert told["equal"] is False
        assert not any("sha256" in told[side] for side in ("source", "destination"))


@pytest.mark.parametrize("name", ["", "a/b"])
def test_what_cannot_be_the_name_of_a_container_is_refused(
    compare: Compare, destination: Options, name: str
) -> None:
    result = compare(destination={**destination, "container": name})
    assert result["msg"].startswith("destination.container: ")


def test_a_full_disk_is_told(pair: Pair, compare: Compare) -> None:
    fill(pair, 2)
    assert compare(report="/dev/full")["msg"].startswith("report: cannot write /dev/full: No space")


@pytest.mark.parametrize(
    ("option", "value"),
    [("concurrency", 0), ("bandwidth_limit", -1), ("requests_per_second", -0.5)],
)
def test_a_value_that_makes_no_sense_is_refused(
    compare: Compare, option: str, value: float
) -> None:
    assert compare(**{option: value})["msg"].startswith(f"{option}: ")
