# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""swift_sync when the source changes meanwhile, or its clock is another: no change is lost."""

from __future__ import annotations

import datetime
import time
from email.utils import formatdate
from typing import Any

import pytest

from tests.integration.faulty import Faulty, asks, is_listing
from tests.integration.large_objects.manifests import put_dynamic, put_manifest, put_segments
from tests.integration.pair import counts, fill
from tests.servers.access_log import Target
from tests.servers.faults import Call, EditHead, Headers, Status, edited_rows

BEHIND = 600
"""Seconds."""

COLOUR = {"X-Object-Meta-Colour": "red"}


@pytest.mark.parametrize("size", [100, 2_000_000], ids=["small", "stream"])
def test_metadata_changed_while_an_object_comes_slowly_is_not_lost(
    faulty: Faulty, size: int
) -> None:
    fill(faulty, 3, size)

    def change() -> None:
        faulty.source.post(faulty.name, "data/0001", COLOUR)
        time.sleep(2.5)

    rule = faulty.here.inject(Call("answer", 50, function=change), asks("GET", "data/0001"))
    assert counts(faulty.sync()) == {"copied": 3}
    assert rule.injected == 1
    assert faulty.here.count(asks("GET", "data/0001")) == 2
    assert faulty.differences() == []
    assert counts(faulty.sync()) == {"kept": 3}
    assert faulty.here.count(asks("GET")) == 4


@pytest.mark.parametrize("kind", ["static", "dynamic"])
def test_metadata_changed_while_segments_are_copied_is_not_lost(faulty: Faulty, kind: str) -> None:
    if kind == "static":
        segments = put_segments(faulty, 3, "o", f"{faulty.name}_segments")
        put_manifest(faulty, kind, segments)
    else:
        put_dynamic(faulty, kind)

    def change() -> None:
        pointer = {} if kind == "static" else {"X-Object-Manifest": f"{faulty.name}_segments/d/"}
        faulty.source.post(faulty.name, kind, {**COLOUR, **pointer})

    def segment(target: Target) -> bool:
        return (
            target.method == "GET" and target.container.endswith("_segments") and target.name > ""
        )

    rule = faulty.here.inject(Call("answer", 0, function=change), segment)
    assert counts(faulty.sync()) == {"copied": 1}
    assert rule.injected == 1
    assert faulty.destination.head(faulty.name, kind)["x-object-meta-colour"] == "red"
    assert faulty.differences() == []


def test_a_source_whose_clock_is_behind_hides_no_change(faulty: Faulty) -> None:
    with faulty.earlier():
        fill(faulty, 3)
    there = faulty.source.head(faulty.name)
    names = ("x-timestamp", "x-container-object-count", "x-container-bytes-used")
    told = {name: there[name] for name in names} | {"Date": formatdate(time.time() - BEHIND)}
    behind = faulty.here.inject(
        Status(204, told),
        lambda target: target.method == "HEAD" and target.name == "" and target.container != "",
        times=None,
    )
    assert counts(faulty.sync()) == {"copied": 3}
    assert counts(faulty.sync()) == {"kept": 3}
    assert behind.injected >= 2
    # By these clocks, what was changed within ten minutes after the copy shows an earlier time.
    assert faulty.here.count(asks("HEAD")) == 3
    assert counts(faulty.sync()) == {"kept": 3}
    assert faulty.here.count(asks("HEAD")) == 3


def test_a_clock_that_is_behind_is_seen_through_a_load_balancers_date(faulty: Faulty) -> None:
    """The balancer's own ``Date`` is right; what the server says of times is five hours behind."""
    hours = 5 * 3600

    def earlier(row: dict[str, Any]) -> dict[str, Any]:
        moment = datetime.datetime.fromisoformat(row["last_modified"])
        moment -= datetime.timedelta(seconds=hours)
        return row | {"last_modified": moment.isoformat(timespec="microseconds")}

    def begun_earlier(headers: Headers) -> Headers:
        identity = dict(headers)["X-Trans-Id"]
        head, dash, began = identity.partition("-")
        told = f"{head}{dash}{int(began[:10], 16) - hours:010x}{began[10:]}"
        return list((dict(headers) | {"X-Trans-Id": told}).items())

    def head_of_container(target: Target) -> bool:
        return target.method == "HEAD" and target.container != "" and target.name == ""

    faulty.here.inject(edited_rows(earlier), is_listing, times=None)
    faulty.here.inject(EditHead(begun_earlier), head_of_container, times=None)
    fill(faulty, 3)
    assert counts(faulty.sync()) == {"copied": 3}
    faulty.source.post(faulty.name, "data/0001", COLOUR)
    assert counts(faulty.sync()) == {"refreshed": 1, "kept": 2}
    assert faulty.differences() == []
