# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The old Swift itself is the source; `make test-old-swift` gives the lab."""

from __future__ import annotations

import json
import urllib.request

from tests.damage.kinds import dynamic, expiring, marker, nested, segments_of, static
from tests.integration.pair import Pair, counts
from tests.servers import Lab

NAMES = ("a//b", "/leading", "trailing/", "a/../b", "with space", "ü?#%\n", "x" * 1024)


def put_range(pair: Pair, name: str) -> None:
    """A static large object of a range of a segment."""
    segments = segments_of(pair.name)
    pair.source.put_container(segments)
    pair.source.put(segments, f"{name}/0", bytes(range(250)) * 8)
    lines = [{"path": f"/{segments}/{name}/0", "range": "100-1099"}]
    text = json.dumps(lines).encode()
    pair.source.put(pair.name, name, text, query="multipart-manifest=put")


def test_the_source_is_the_old_release(lab: Lab) -> None:
    address = lab.description["source"]["auth_url"].removesuffix("/auth/v1.0")
    with urllib.request.urlopen(f"{address}/info") as answer:  # noqa: S310
        assert json.load(answer)["swift"]["version"] == "2.17.1"


def test_a_hard_set_is_copied_equal_and_kept(pair: Pair) -> None:
    for number, name in enumerate(NAMES):
        headers = {"X-Object-Meta-Patient": f"number {number}", "Content-Type": "image/x-odd"}
        pair.source.put(pair.name, name, name.encode() * 3, headers)
    pair.source.put(pair.name, "packed", b"packed bytes", {"Content-Encoding": "gzip"})
    pair.source.put(pair.name, "empty")
    for put in (marker, static, nested, dynamic, expiring):
        put(pair.source, pair.name, f"kind/{put.__name__}")
    put_range(pair, "kind/range")
    number = len(NAMES) + 8
    assert counts(pair.sync()) == {"copied": number}
    assert pair.differences() == []
    assert len(pair.names()) == number
    assert counts(pair.sync()) == {"kept": number}
