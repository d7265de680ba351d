# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""swift_compare between a real Swift and a real Ceph, which list the same objects differently."""

from __future__ import annotations

import time

import pytest

from tests.ceph.pair import LARGEST, ToCeph
from tests.dataset import dataset
from tests.dataset.client import Account
from tests.dataset.upload import Uploader
from tests.integration.conftest import Options, RunModule
from tests.integration.large_objects.manifests import put_manifest, put_segments
from tests.integration.pair import CLOCKS, counts

TYPES = (
    "multipart/related; type=application/dicom",
    "text/plain; charset = utf-8",
    "text/plain; foo",
    'text/html; profile="a, b"',
)
"""Swift lists them otherwise than it was sent them."""


@pytest.fixture
def params(pair: ToCeph, source: Options, gateway: Options) -> Options:
    return {
        "source": {**source, "container": pair.name},
        "destination": {**gateway, "container": pair.name},
    }


@pytest.mark.each_ceph
def test_what_was_migrated_is_equal_at_every_level_and_what_is_not_is_named(
    pair: ToCeph, params: Options, run_module: RunModule
) -> None:
    account = Account.source(pair.lab.description)
    Uploader(account, pair.name).run(dataset(7, 40, 0.02, pair.name))
    for number, content_type in enumerate(TYPES):
        pair.source.put(pair.name, f"type-{number}", b"1", {"Content-Type": content_type})
    pair.source.put(pair.name, "over", bytes(LARGEST + 1))
    time.sleep(CLOCKS)
    pair.sync()
    number = 41 + len(TYPES)
    for level in ("listing", "headers", "content"):
        result = run_module("swift_compare", {**params, "level": level})
        assert result["equal"], (level, result["differences"])
        assert result["objects"]["match"] == number

    pair.destination.post(pair.name, "type-0", {"X-Object-Meta-Colour": "red"})
    pair.destination.put(pair.name, "type-1", b"2", {"Content-Type": TYPES[1]})
    pair.destination.delete(pair.name, "type-2")
    result = run_module("swift_compare", {**params, "level": "headers"})
    assert not result["equal"]
    named = {each["name"]: each["outcome"] for each in result["differences"]}
    assert named == {"type-0": "differ", "type-1": "differ", "type-2": "missing"}


@pytest.mark.each_ceph
def test_segments_gone_and_other_behind_the_gateway_s_manifests_are_named(
    pair: ToCeph, params: Options, run_module: RunModule
) -> None:
    """Of one with the source's segments, and of one that the copy has cut."""
    segments = f"{pair.name}_segments"
    put_manifest(pair, "large", put_segments(pair, 4, "s", segments))
    pair.source.put(pair.name, "over", bytes(LARGEST + 1))
    assert counts(pair.sync()) == {"copied": 2}
    for level in ("listing", "headers"):
        assert run_module("swift_compare", {**params, "level": level})["equal"]
    pair.destination.delete(segments, "s/0001")
    pair.destination.put(segments, "s/0002", b"C" * 999 + b"!")
    last = max(row["name"] for row in pair.destination.listing(segments, ".swift_migration/"))
    pair.destination.put(segments, last, b"!")
    for level in ("listing", "headers", "content"):
        result = run_module("swift_compare", {**params, "level": level})
        assert result["failed"]
        assert result["objects"]["unreadable"] == 2
        large, over = result["differences"]
        assert large["what"] == [
            f"destination: segment '{segments}/s/0001' is not there",
            f"destination: segment '{segments}/s/0002' is not what it was made of",
        ]
        [what] = over["what"]
        assert what.startswith(f"destination: segments '{segments}/.swift_migration/over/")
