# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What a listing of a Ceph tells wrongly, or not, and is asked for in one run only."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from tests.ceph.conftest import MakeScene
from tests.damage.scene import Run, Scene
from tests.integration.s3 import S3
from tests.servers.ceph import Ceph

pytestmark = pytest.mark.each_ceph


@pytest.fixture
def out_of_ceph(make_scene: MakeScene) -> Iterator[Scene]:
    with make_scene(into_ceph=False) as made:
        yield made


def outcomes(run: Run) -> dict[str, int]:
    assert not run.failed, run.result["msg"]
    return {kind: number for kind, number in run.result["objects"].items() if number}


def test_an_object_that_has_expired_and_is_still_listed(out_of_ceph: Scene, ceph: Ceph) -> None:
    source, name = out_of_ceph.client("source"), out_of_ceph.container
    source.put(name, "stays", b"1")
    source.put(name, "brief", b"2", {"X-Delete-After": "8"})
    assert outcomes(out_of_ceph.sync("first")) == {"copied": 2}
    out_of_ceph.client("destination").delete(name, "brief")
    time.sleep(10)
    marks = [ceph.mark()]
    for run in ("found", "known"):
        assert outcomes(out_of_ceph.sync(run)) == {"kept": 1, "expired": 1}
        marks.append(ceph.mark())
    assert "brief" in out_of_ceph.names("source")
    assert any("/brief" in line for line in ceph.object_requests(marks[0]))
    assert ceph.object_requests(marks[1]) == []


def test_an_object_that_was_put_without_a_content_type(out_of_ceph: Scene, ceph: Ceph) -> None:
    S3(ceph.lab, ceph.url)._request("PUT", f"{out_of_ceph.container}/untyped", b"1")
    [row] = out_of_ceph.client("source").listing(out_of_ceph.container)
    assert not row.get("content_type")
    assert outcomes(out_of_ceph.sync("first")) == {"copied": 1}
    out_of_ceph.sync("known")
    mark = ceph.mark()
    assert outcomes(out_of_ceph.sync("again")) == {"kept": 1}
    assert ceph.object_requests(mark) == []
