# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A gateway that restarts in the middle of a copy and of a comparison."""

from __future__ import annotations

import io
import tarfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest

from tests.ceph.conftest import MakeScene
from tests.damage.kinds import body
from tests.damage.proxies import proxies
from tests.damage.scene import Run, Scene
from tests.dataset.client import Client
from tests.integration.faulty import asks
from tests.servers.ceph import Ceph
from tests.servers.faults import Call

NUMBER = 60


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
