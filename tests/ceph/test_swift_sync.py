# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""swift_sync from a real Swift to a real Ceph, as at NERC; swiftclient tells what is there."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.ceph.pair import LARGEST, SEGMENTS, ToCeph
from tests.dataset import dataset
from tests.dataset.client import Account
from tests.dataset.upload import Uploader
from tests.integration.large_objects.manifests import put_dynamic, put_manifest, put_segments
from tests.integration.pair import CLOCKS, counts, fill


def asked(pair: ToCeph, run: Callable[[], Any]) -> tuple[list[str], list[str]]:
    """The object requests of a run at the source and at the gateway."""
    log = pair.lab.lab.access_log("source")
    marks = log.mark(), pair.lab.mark()
    run()
    here = [f"{request.method} {request.name}" for request in log.object_requests(marks[0])]
    return here, pair.lab.object_requests(marks[1])


class TestWholeDataSet:
    """What a CUBE holds, in every form that objects take there."""

    @pytest.mark.each_ceph
    def test_arrives_whole_and_a_second_run_asks_for_no_object(self, pair: ToCeph) -> None:
        account = Account.source(pair.lab.description)
        Uploader(account, pair.name).run(dataset(7, 80, 0.02, pair.name))
        time.sleep(CLOCKS)
        assert counts(pair.sync()) == {"copied": 80}
        assert pair.differences() == []
        results: list[dict[str, Any]] = []
        assert asked(pair, lambda: results.append(pair.sync())) == ([], [])
        assert counts(results[0]) == {"kept": 80}
        assert not results[0]["changed"]


class TestPlain:
    """Objects as they are."""

    @pytest.mark.each_ceph
    def test_what_changed_is_carried_over_and_what_is_gone_is_deleted(self, pair: ToCeph) -> None:
        with pair.earlier():
            fill(pair, 6)
        pair.sync()
        pair.source.put(pair.name, "data/0001", b"z" * 100)
        pair.source.post(pair.name, "data/0002", {"X-Object-Meta-Colour": "red"})
        pair.source.delete(pair.name, "data/0003")
        result = pair.sync(prune=True, max_delete="1")
        assert counts(result) == {"replaced": 1, "refreshed": 1, "deleted": 1, "kept": 3}
        assert pair.differences() == []

    def test_one_over_the_gateways_limit_becomes_a_large_one(
        self, pair: ToCeph, tmp_path: Path
    ) -> None:
        headers = {"Content-Type": "application/x-tar", "X-Object-Meta-Kind": "big"}
        body = bytes(range(256)) * (2 * LARGEST // 256) + b"x"
        with pair.earlier():
            pair.source.put(pair.name, "big", body, headers)
            pair.source.put(pair.name, "just", bytes(LARGEST))
        assert counts(pair.sync()) == {"copied": 2}
        lines = [line for line in pair.differences() if "x-static-large-object" not in line]
        assert lines == []
        assert asked(pair, pair.sync) == ([], [])
        results: list[dict[str, Any]] = []
        here, there = asked(pair, lambda: results.append(pair.sync(state_dir=str(tmp_path / "n"))))
        assert counts(results[0]) == {"kept": 2}
        assert here == ["HEAD big"]
        assert [line.split()[0] for line in there] == ["HEAD"]


class TestLarge:
    """Large objects, which the gateway holds in their simplest form only."""

    @pytest.mark.each_ceph
    def test_a_static_one_stays_as_it_is(self, pair: ToCeph, tmp_path: Path) -> None:
        container = pair.name + "_segments"
        with pair.earlier():
            put_manifest(pair, "o", put_segments(pair, 3, "o", container))
        assert counts(pair.sync()) == {"copied": 1}
        assert pair.differences() == []
        assert len(list(pair.destination.listing(container))) == 3
        assert asked(pair, pair.sync) == ([], [])
        # Its manifest cannot be read back: it is put again, but no segment is.
        again = pair.sync(state_dir=str(tmp_path / "new"))
        assert again["segments"]["copied"] == 0
        assert pair.differences() == []

    def test_a_changed_static_one_is_replaced(self, pair: ToCeph) -> None:
        container = pair.name + "_segments"
        put_manifest(pair, "o", put_segments(pair, 3, "o", container))
        pair.sync()
        put_manifest(pair, "o", put_segments(pair, 2, "new", container))
        assert counts(pair.sync()) == {"replaced": 1}
        assert pair.differences() == []

    @pytest.mark.each_ceph
    def test_ranges_inline_data_and_nesting_keep_their_bytes(self, pair: ToCeph) -> None:
        with pair.earlier():
            manifest = put_segments(pair, 3, "o", pair.name + "_segments")
            manifest[1]["range"] = "10-19"
            put_manifest(pair, "inner", [*manifest, {"data": "aW5saW5l"}])
            etag = pair.source.head(pair.name, "inner")["etag"].strip('"')
            nested = {"path": f"/{pair.name}/inner", "etag": etag}
            put_manifest(pair, "a-outer", [nested, manifest[0]])
        assert counts(pair.sync()) == {"copied": 2}
        assert pair.differences() == []
        assert asked(pair, pair.sync) == ([], [])

    def test_more_segments_than_the_gateway_takes_become_fewer(self, pair: ToCeph) -> None:
        put_manifest(pair, "o", put_segments(pair, SEGMENTS + 1, "o", pair.name + "_segments"))
        assert counts(pair.sync()) == {"copied": 1}
        assert pair.differences() == []

    @pytest.mark.each_ceph
    def test_a_dynamic_one_stays_dynamic_and_late_segments_are_found(self, pair: ToCeph) -> None:
        with pair.earlier():
            container = put_dynamic(pair, "dynamic")
            put_dynamic(pair, "with a body", b"own")
        assert counts(pair.sync()) == {"copied": 2}
        assert pair.differences() == []
        assert asked(pair, pair.sync) == ([], [])
        pair.source.put(container, "d/0002", b"late")
        assert pair.sync()["segments"] == {"copied": 1, "bytes": 4, "deleted": 0}
        assert pair.differences() == []

    def test_a_large_segment_of_a_dynamic_one_is_an_error_by_name(self, pair: ToCeph) -> None:
        container = put_dynamic(pair, "dynamic")
        segments = put_segments(pair, 2, "o", container)
        pair.source.put(
            container, "d/0002", json.dumps(segments).encode(), {}, "multipart-manifest=put"
        )
        result = pair.sync()
        assert result["failed"]
        assert "segment 'd/0002' of the dynamic large object 'dynamic'" in result["msg"]
        assert pair.names() == []
