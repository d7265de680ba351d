# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""swift_sync between two real Swifts; python-swiftclient tells what is there."""

from __future__ import annotations

import json
import re
import stat
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.name_probe import FORMS
from swiftclient.exceptions import ClientException

from tests.dataset import dataset
from tests.dataset.client import Account
from tests.dataset.upload import Uploader
from tests.integration.conftest import Options
from tests.integration.faulty import Faulty, asks
from tests.integration.pair import CLOCKS, Pair, counts, fill, next_second
from tests.servers.faults import Call, Hold

SCRATCH = re.compile("PUT _swift_migration_probe_[0-9a-f]{16}/")
"""The PUT of an object that shows whether a form of names is kept."""


class TestWholeDataSet:
    """What a CUBE holds, in every form that objects take there."""

    def test_arrives_whole_as_check_mode_said_and_stays_untouched_afterwards(
        self, pair: Pair
    ) -> None:
        objects = 300
        account = Account.source(pair.lab.description)
        Uploader(account, pair.name).run(dataset(7, objects, 0.02, pair.name))
        time.sleep(CLOCKS)

        predicted = {}
        here, there = pair.requests(lambda: predicted.update(pair.sync(check=True)))
        asked = Counter(line.split()[0] for line in here)
        assert asked == {"HEAD": objects, "GET": 1}  # the static large object's manifest
        assert (there, pair.names()) == ([], [])

        done: dict[str, Any] = {}
        here, there = pair.requests(lambda: done.update(pair.sync()))
        assert done["changed"] and predicted["changed"]
        assert done["objects"] == predicted["objects"]
        assert done["bytes_copied"] == predicted["bytes_copied"]
        assert done["source"] == predicted["source"]
        assert counts(done) == {"copied": objects}
        large = done["segments"]["copied"]
        assert large > 0
        assert pair.differences() == []

        assert {line.split()[0] for line in here} <= {"GET", "HEAD"}
        assert len([line for line in here if line.startswith("GET ")]) <= objects + 2 * large
        put = [line for line in there if line.startswith("PUT ")]
        scratch = [line for line in put if SCRATCH.match(line)]
        assert len(put) - len(scratch) == objects + large
        assert 0 < len(scratch) <= len(FORMS)

        again: dict[str, Any] = {}
        assert pair.requests(lambda: again.update(pair.sync())) == ([], [])
        assert not again["changed"]
        assert counts(again) == {"kept": objects}


class TestChanges:
    """What changed at the source is found in its listing and carried over."""

    def test_each_kind_of_change_and_nothing_else_is_carried_over(self, pair: Pair) -> None:
        with pair.earlier():
            fill(pair, 6)
        assert counts(pair.sync()) == {"copied": 6}
        pair.source.put(pair.name, "data/0001", b"z" * 100)
        pair.source.post(
            pair.name, "data/0002", {"X-Object-Meta-Colour": "grün".encode().decode("latin-1")}
        )
        pair.source.put(pair.name, "data/0003", b"\3" * 100, {"Content-Type": "application/dicom"})
        pair.source.delete(pair.name, "data/0004")
        pair.source.put(pair.name, "data/9999", b"new")

        predicted = pair.sync(check=True)
        assert pair.names() == [f"data/{index:04}" for index in range(6)]
        done = pair.sync()
        assert done["objects"] == predicted["objects"]
        assert counts(done) == {"copied": 1, "replaced": 1, "refreshed": 2, "extra": 1, "kept": 2}
        pair.destination.delete(pair.name, "data/0004")
        assert pair.differences() == []

    def test_what_another_tool_left_without_its_metadata_is_made_whole(self, pair: Pair) -> None:
        with pair.earlier():
            for name in ("lost", "right"):
                pair.source.put(pair.name, name, b"1", {"X-Object-Meta-Colour": "red"})
        pair.destination.put(pair.name, "lost", b"1")
        pair.destination.put(pair.name, "right", b"1", {"X-Object-Meta-Colour": "red"})
        next_second()
        assert counts(pair.sync()) == {"refreshed": 1, "kept": 1}
        assert pair.differences() == []
        assert pair.requests(pair.sync) == ([], [])

    def test_diff_mode_names_what_changes(self, pair: Pair) -> None:
        fill(pair, 25)
        shown = pair.sync(check=True, diff=True)["diff"]["prepared"].splitlines()
        assert len(shown) == 21
        assert {line[: len("copied data/00")] for line in shown[:-1]} == {"copied data/00"}
        assert shown[:-1] == sorted(shown[:-1])
        assert shown[-1] == "and 5 more"

    def test_a_prefix_leaves_the_rest_alone(self, pair: Pair) -> None:
        fill(pair, 3)
        pair.source.put(pair.name, "other", b"1")
        pair.destination.put(pair.name, "theirs", b"1")
        result = pair.sync(prefix="data/", prune=True, max_delete="100%")
        assert counts(result) == {"copied": 3}
        assert pair.names() == ["data/0000", "data/0001", "data/0002", "theirs"]

    def test_what_was_copied_and_has_expired_since_is_no_failure(self, pair: Pair) -> None:
        pair.source.put(pair.name, "gone", b"1", {"X-Delete-At": str(int(time.time()) + 3)})
        pair.source.put(pair.name, "stays", b"1")
        assert counts(pair.sync()) == {"copied": 2}
        time.sleep(4)
        with pytest.raises(ClientException, match="404"):  # it is deleted all the same
            pair.destination.delete(pair.name, "gone")
        assert pair.names() == ["stays"]
        assert counts(pair.sync()) == {"kept": 1, "expired": 1}

    def test_a_copy_made_at_the_very_moment_of_the_change_is_checked_once(self, pair: Pair) -> None:
        fill(pair, 3)
        pair.sync()
        asked: Counter[str] = Counter()
        for _again in range(4):  # how sure the clocks are differs from run to run
            here, there = pair.requests(pair.sync)
            assert sorted(here) == sorted(there)
            asked.update(here)
        assert set(asked) <= {f"HEAD data/{index:04}" for index in range(3)}
        assert set(asked.values()) <= {1}


class TestDeletes:
    """Deletes happen when asked for, up to the limit, and never by mistake."""

    @pytest.fixture
    def behind(self, pair: Pair) -> Pair:
        """A destination with two objects more than the source."""
        fill(pair, 4)
        pair.sync()
        for index in range(2):
            pair.source.delete(pair.name, f"data/{index:04}")
        return pair

    def test_nothing_is_deleted_unless_asked_for(self, behind: Pair) -> None:
        result = behind.sync()
        assert not result["changed"]
        assert result["objects"]["extra"] == 2
        assert len(behind.names()) == 4

    def test_prune_deletes_what_the_source_lacks_as_check_mode_said(self, behind: Pair) -> None:
        predicted = behind.sync(check=True, prune=True, max_delete="2")
        assert len(behind.names()) == 4
        result = behind.sync(prune=True, max_delete="2")
        assert result["objects"] == predicted["objects"]
        assert result["objects"]["deleted"] == 2
        assert behind.differences() == []
        assert not behind.sync(prune=True)["changed"]

    def test_more_deletes_than_allowed_means_none(self, behind: Pair) -> None:
        result = behind.sync(prune=True, max_delete="1")
        assert result["failed"]
        assert result["msg"].startswith("max_delete: 2 objects of the destination")
        assert len(behind.names()) == 4

    def test_an_empty_source_means_none(self, behind: Pair) -> None:
        for index in range(2, 4):
            behind.source.delete(behind.name, f"data/{index:04}")
        result = behind.sync(prune=True, max_delete="100%")
        assert result["failed"]
        assert "source's listing is empty" in result["msg"]
        assert len(behind.names()) == 4

    def test_a_limit_that_is_none_is_refused_before_anything_is_asked(self, behind: Pair) -> None:
        result = behind.sync(prune=True, max_delete="some")
        assert result["msg"].startswith("max_delete: 'some' is neither")


class TestLimits:
    """The source serves production: what may be asked of it holds."""

    @pytest.mark.parametrize(
        ("limit", "number", "size"),
        [
            ("requests_per_second", 30, 100),
            ("bandwidth_limit", 30, 60_000),
            ("bandwidth_limit", 1, 1_800_000),
        ],
        ids=["requests", "bytes-of-small-objects", "bytes-of-a-stream"],
    )
    def test_what_a_run_asks_of_the_source_in_a_second(
        self, pair: Pair, tmp_path: Path, limit: str, number: int, size: int
    ) -> None:
        fill(pair, number, size)

        def seconds(**options: Any) -> float:
            result = pair.sync(**options)
            assert counts(result) == {"copied": number}
            return float(result["seconds"])

        alone = seconds()
        for name in pair.names():
            pair.destination.delete(pair.name, name)
        # A third of what this machine did without a limit.
        amount = number if limit == "requests_per_second" else number * size
        limited = seconds(**{limit: int(amount / alone / 3)}, state_dir=str(tmp_path / "new"))
        # The last piece that was let through is not waited for.
        assert 2.5 * alone <= limited < 6 * alone + 5
        assert pair.differences() == []


class TestState:
    """The destination remembers where it is filled from, and how far the migration has come."""

    def test_another_source_is_refused(self, pair: Pair) -> None:
        pair.sync()
        other = pair.name + "-other"
        pair.source.put_container(other)
        result = pair.sync(source={**self.login(pair), "container": other})
        assert result["failed"]
        assert result["msg"].startswith("destination.container: this container is filled from")

    def test_after_the_cutover_nothing_is_touched_and_the_reason_is_told(self, pair: Pair) -> None:
        fill(pair, 2)
        pair.sync()
        pair.destination._call(
            "POST", pair.name, headers={"X-Container-Meta-Migration-Phase": "cut-over"}
        )
        pair.destination.delete(pair.name, "data/0001")
        pair.destination.put(pair.name, "data/0000", b"written by the application")
        result = pair.sync(prune=True, max_delete="100%")
        assert not result["changed"]
        assert "since its cutover" in result["notice"]
        assert pair.destination.get(pair.name, "data/0000") == b"written by the application"
        assert pair.names() == ["data/0000"]

    def test_two_runs_at_once_are_kept_apart(self, faulty: Faulty) -> None:
        fill(faulty, 3)
        begun, over = threading.Event(), threading.Event()
        rules = [
            faulty.here.inject(Call(function=begun.set), asks("GET")),
            faulty.here.inject(Hold(until=over.is_set), asks("GET")),
        ]
        with ThreadPoolExecutor() as pool:
            first = pool.submit(faulty.sync)
            assert begun.wait(60)
            refused = faulty.sync(lock_timeout=0)
            second = pool.submit(faulty.sync)
            time.sleep(1)
            assert not (first.done() or second.done())
            over.set()
            assert counts(first.result()) == {"copied": 3}
            assert counts(second.result()) == {"kept": 3}
        assert [rule.injected for rule in rules] == [1, 1]
        assert refused["failed"]
        assert re.match(r"lock_timeout: another run \(process \d+\)", refused["msg"])
        assert faulty.here.count(asks("GET")) == faulty.there.count(asks("PUT")) == 3

    def login(self, pair: Pair) -> Options:
        login = pair.lab.description["source"]
        auth = {key: login[key] for key in ("auth_url", "username", "password")}
        return {"auth_type": "v1password", "auth": auth}


class TestReportFile:
    """The full list goes to a file."""

    def test_has_one_line_for_each_object_touched_and_is_private(
        self, pair: Pair, tmp_path: Path
    ) -> None:
        fill(pair, 3)
        path = tmp_path / "report.jsonl"
        assert pair.sync(report=str(path))["report"] == str(path)
        lines = [json.loads(line) for line in path.read_text().splitlines()]
        assert {line["name"] for line in lines} == {f"data/{index:04}" for index in range(3)}
        assert {line["outcome"] for line in lines} == {"copied"}
        assert stat.S_IMODE(path.stat().st_mode) == 0o600

    def test_check_mode_writes_neither_report_nor_state(self, pair: Pair, tmp_path: Path) -> None:
        fill(pair, 1)
        path = tmp_path / "report.jsonl"
        pair.sync(check=True, report=str(path))
        assert not path.exists()
        assert not (tmp_path / "state").exists()


class TestFailures:
    """One clear error before the first object is copied."""

    @pytest.mark.parametrize("side", ["source", "destination"])
    def test_a_missing_container_is_named_with_its_option(
        self, pair: Pair, side: str, source: Options, destination: Options
    ) -> None:
        logins = {"source": source, "destination": destination}
        result = pair.sync(**{side: {**logins[side], "container": "no-such-container"}})
        assert result["failed"]
        assert result["msg"].startswith(f"{side}.container: container 'no-such-container' does not")

    def test_check_mode_takes_a_missing_destination_for_an_empty_one(
        self, pair: Pair, destination: Options
    ) -> None:
        fill(pair, 3)
        result = pair.sync(
            check=True, destination={**destination, "container": pair.name + "-to-be"}
        )
        assert counts(result) == {"copied": 3}

    @pytest.mark.parametrize(
        ("header", "value"), [("Quota-Bytes", "250"), ("Quota-Count", "2")], ids=["bytes", "count"]
    )
    def test_a_quota_smaller_than_the_data_stops_before_the_first_object(
        self, pair: Pair, header: str, value: str
    ) -> None:
        fill(pair, 3)
        pair.destination._call("POST", pair.name, headers={f"X-Container-Meta-{header}": value})
        results: list[dict[str, Any]] = []
        here, there = pair.requests(lambda: results.append(pair.sync()))
        assert results[0]["failed"]
        assert "Ask for a container quota of at least" in results[0]["msg"]
        assert (here, there) == ([], [])

    def test_a_quota_that_runs_out_on_the_way_stops_the_run_and_keeps_what_is_there(
        self, pair: Pair
    ) -> None:
        fill(pair, 3)
        pair.source.put(pair.name, "data/1000", bytes(6000))
        pair.source.put(pair.name, "data/2000", b"after")
        pair.destination._call("POST", pair.name, headers={"X-Container-Meta-Quota-Bytes": "5000"})
        result = pair.sync(prefix="data/", concurrency=1)
        assert result["failed"]
        assert "larger quota" in result["msg"]
        assert pair.names() == ["data/0000", "data/0001", "data/0002"]
        pair.destination._call("POST", pair.name, headers={"X-Container-Meta-Quota-Bytes": ""})
        assert pair.sync()["objects"]["copied"] == 2
        assert pair.differences() == []

    @pytest.mark.parametrize("concurrency", [0, -1])
    def test_a_concurrency_that_would_copy_nothing_is_refused(
        self, pair: Pair, concurrency: int
    ) -> None:
        fill(pair, 1)
        result = pair.sync(concurrency=concurrency)
        assert result["failed"]
        assert result["msg"].startswith("concurrency: ")

    def test_a_container_is_not_copied_into_itself(self, pair: Pair, source: Options) -> None:
        result = pair.sync(destination={**source, "container": pair.name})
        assert result["failed"]
        assert "is the source and the destination" in result["msg"]

    def test_a_wrong_key_names_the_option(self, pair: Pair, source: Options) -> None:
        wrong = {**source, "auth": {**source["auth"], "password": "wr0ng"}, "container": pair.name}
        result = pair.sync(source=wrong)
        assert result["failed"]
        assert result["msg"].startswith("source.auth.password: ")
