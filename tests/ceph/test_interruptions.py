# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A gateway that restarts in the middle, and a listing of it that ends early."""

from __future__ import annotations

import io
import json
import tarfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest

from tests.ceph.conftest import MakeScene
from tests.damage.kinds import body, plain
from tests.damage.proxies import proxies
from tests.damage.scene import Run, Scene
from tests.dataset.client import Client
from tests.integration.faulty import asks, is_listing
from tests.servers.ceph import Ceph
from tests.servers.faults import Call, Edit

NUMBER = 60
MANY = 160
"""So many that a tenth of them, or a hundred, may not be lacking in a listing."""


def put_many(client: Client, container: str, number: int) -> None:
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        for index in range(number):
            data = body(f"many/{index:05}")
            info = tarfile.TarInfo(f"many/{index:05}")
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    client._call("PUT", container, query="extract-archive=tar", data=archive.getvalue())


@pytest.fixture
def scene(make_scene: MakeScene) -> Iterator[Scene]:
    with make_scene(into_ceph=True) as made:
        yield made


class TestRestart:
    """The gateway is away for some seconds."""

    def during(self, scene: Scene, ceph: Ceph, run: Callable[[], Run], skip: int) -> Run:
        """Restart the gateway when the run asks the Swift for an object the next time.

        This thread does it: the kernel ends a gateway with the thread that started it.
        """
        reached, restarted = threading.Event(), threading.Event()

        def wait() -> None:
            reached.set()
            assert restarted.wait(60)

        with proxies(scene, urlsplit(ceph.url).port or 0) as between, ThreadPoolExecutor(1) as pool:
            call = between.source.inject(Call(function=wait), asks("GET"), skip=skip)
            running = pool.submit(run)
            try:
                assert reached.wait(60)
                ceph.restart()
            finally:
                restarted.set()
            done = running.result(300)
            assert call.injected == 1
        return done

    def test_in_the_middle_of_a_copy_costs_no_object(self, scene: Scene, ceph: Ceph) -> None:
        put_many(scene.client("source"), scene.container, NUMBER)
        run = self.during(scene, ceph, lambda: scene.sync(concurrency=4), NUMBER // 2)
        assert not run.failed, run.result["msg"]
        assert run.result["objects"]["copied"] == NUMBER
        assert scene.compare("compare", level="content").result["equal"] is True

    def test_in_the_middle_of_a_comparison_hides_no_difference(
        self, scene: Scene, ceph: Ceph
    ) -> None:
        put_many(scene.client("source"), scene.container, NUMBER)
        assert not scene.sync().failed
        scene.client("destination").put(scene.container, "many/00050", body("other"))
        scene.client("destination").delete(scene.container, "many/00051")
        compare = scene.compare
        run = self.during(
            scene, ceph, lambda: compare("compare", level="content", concurrency=4), NUMBER // 2
        )
        found = {name: row["outcome"] for name, row in run.rows.items()}
        assert found == {"many/00050": "differ", "many/00051": "missing"}
        assert run.result["equal"] is False


class TestListingThatEndsEarly:
    """The gateway's listing shows far fewer objects than its index counts."""

    @pytest.fixture
    def cut(self) -> Edit:
        def first(page: bytes) -> bytes:
            rows = [row for row in json.loads(page) if row["name"] < "many/00020"]
            return json.dumps(rows).encode()

        return Edit(first)

    def test_is_not_equal_whatever_it_hides(self, scene: Scene, ceph: Ceph, cut: Edit) -> None:
        put_many(scene.client("source"), scene.container, MANY)
        plain(scene.client("source"), scene.container, "a")
        assert not scene.sync().failed
        with proxies(scene, urlsplit(ceph.url).port or 0) as between:
            rule = between.destination.inject(cut, is_listing, times=None)
            run = scene.compare("compare")
        assert rule.injected >= 2
        assert run.failed
        assert run.result["equal"] is False
        assert "its server counts" in run.result["msg"]

    def test_is_not_all_that_goes_back(self, scene: Scene, ceph: Ceph, cut: Edit) -> None:
        put_many(scene.client("source"), scene.container, MANY)
        assert not scene.sync().failed
        scene.cut_over()
        before = scene.names("source")
        with proxies(scene, urlsplit(ceph.url).port or 0) as between:
            rule = between.destination.inject(cut, is_listing, times=None)
            run = scene.rollback(max_delete="100%")
        assert rule.injected >= 2
        assert run.failed
        assert "its server counts" in run.result["msg"]
        assert scene.names("source") == before
