# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A gateway that restarts in the middle, and a listing of it that ends early."""

from __future__ import annotations

import contextlib
import io
import json
import tarfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from urllib.parse import urlsplit

import pytest

from tests.ceph.conftest import MakeScene
from tests.damage.kinds import body, plain
from tests.damage.proxies import proxies
from tests.damage.scene import Run, Scene
from tests.dataset.client import Client
from tests.integration.faulty import asks
from tests.servers.access_log import Target
from tests.servers.ceph import Ceph
from tests.servers.fault_proxy import FaultProxy
from tests.servers.faults import Call, Cut, Edit, Rule

NUMBER = 60
LISTING, COUNTED = "the listing of container '", "its server counts"
"""What is said of a listing that was not whole.  A refusal of deletes alone says it otherwise."""
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


def port(ceph: Ceph) -> int:
    return urlsplit(ceph.url).port or 0


@pytest.fixture
def scene(make_scene: MakeScene) -> Iterator[Scene]:
    with make_scene(into_ceph=True) as made:
        yield made


class TestRestart:
    """The gateway is away for some seconds.

    :ivar before: how many seconds the run took before that.
    :ivar after: likewise from when the gateway was back.
    """

    before = after = 0.0

    def during(
        self,
        scene: Scene,
        ceph: Ceph,
        run: Callable[[], Run],
        away: Callable[[], AbstractContextManager[object]] = contextlib.nullcontext,
        seconds: float = 0.0,
        down: float = 0.0,
    ) -> Run:
        """Restart the gateway when the run asks the Swift for half of the objects.

        This thread does it: the kernel ends a gateway with the thread that started it.

        :param away: what else is so from before the restart until some seconds after it.
        :param down: for how many seconds the gateway is down.
        """
        reached, restarted = threading.Event(), threading.Event()
        begun = time.monotonic()

        def wait() -> None:
            reached.set()
            assert restarted.wait(60)

        with proxies(scene, port(ceph)) as between, ThreadPoolExecutor(1) as pool:
            call = between.source.inject(Call(function=wait), asks("GET"), skip=NUMBER // 2)
            running = pool.submit(run)
            try:
                assert reached.wait(60)
                self.before = time.monotonic() - begun
                with away():
                    ceph.restart(down)
                    back = time.monotonic()
                    restarted.set()
                    time.sleep(seconds)
            finally:
                restarted.set()
            done = running.result(300)
            self.after = time.monotonic() - back
            assert call.injected == 1
        return done

    @pytest.mark.each_ceph
    def test_in_the_middle_of_a_copy_costs_no_object(self, scene: Scene, ceph: Ceph) -> None:
        put_many(scene.client("source"), scene.container, NUMBER)
        run = self.during(scene, ceph, lambda: scene.sync(concurrency=4))
        assert not run.failed, run.result["msg"]
        assert run.result["objects"]["copied"] == NUMBER
        assert scene.compare("compare", level="content").result["equal"] is True

    def test_a_copy_goes_on_at_full_speed_within_seconds(self, scene: Scene, ceph: Ceph) -> None:
        put_many(scene.client("source"), scene.container, NUMBER)
        run = self.during(scene, ceph, lambda: scene.sync(concurrency=4), down=12)
        assert not run.failed, run.result["msg"]
        # The pauses of the threads have become longer than this meanwhile.
        assert self.after < self.before + 5

    def test_in_the_middle_of_a_comparison_hides_no_difference(
        self, scene: Scene, ceph: Ceph
    ) -> None:
        put_many(scene.client("source"), scene.container, NUMBER)
        assert not scene.sync().failed
        scene.client("destination").put(scene.container, "many/00050", body("other"))
        scene.client("destination").delete(scene.container, "many/00051")
        compare = scene.compare
        run = self.during(scene, ceph, lambda: compare("compare", level="content", concurrency=4))
        found = {name: row["outcome"] for name, row in run.rows.items()}
        assert found == {"many/00050": "differ", "many/00051": "missing"}
        assert run.result["equal"] is False

    @pytest.mark.each_ceph
    @pytest.mark.parametrize("whom", ["everybody", "the gateway"])
    def test_a_keystone_that_is_away_when_it_has_to_check_a_token_costs_no_object(
        self, scene: Scene, ceph: Ceph, tokens_checked: FaultProxy, whom: str
    ) -> None:
        """After a restart the gateway remembers no token; it answers 401 when it cannot check one."""

        @contextlib.contextmanager
        def unreachable_for_the_gateway() -> Iterator[None]:
            cut = tokens_checked.inject(Cut(), lambda _asked: True, times=None)
            try:
                yield
            finally:
                cut.times = 0
            assert cut.injected

        def stopped() -> AbstractContextManager[None]:
            return ceph.lab.without("keystone")

        put_many(scene.client("source"), scene.container, NUMBER)
        mark = ceph.mark()
        run = self.during(
            scene,
            ceph,
            lambda: scene.sync(concurrency=4),
            stopped if whom == "everybody" else unreachable_for_the_gateway,
            seconds=5,
        )
        assert 401 in ceph.statuses(mark)
        assert not run.failed, run.result["msg"]
        assert run.result["objects"]["copied"] == NUMBER
        assert scene.compare("compare", level="content").result["equal"] is True


class TestListingThatEndsEarly:
    """The gateway's listing shows far fewer objects than its index counts."""

    def cut(self, between: FaultProxy, container: str) -> Rule:
        return self.without(lambda name: name >= "many/00020", between, container)

    def without(self, hidden: Callable[[str], bool], between: FaultProxy, container: str) -> Rule:
        def change(page: bytes) -> bytes:
            return json.dumps([row for row in json.loads(page) if not hidden(row["name"])]).encode()

        def is_listing(target: Target) -> bool:
            # Its path has a prefix of the gateway's own.
            return target.method == "GET" and target.path.endswith(f"/{container}")

        return between.inject(Edit(change), is_listing, times=None)

    def test_it_is_not_believed_of_a_source(self, make_scene: MakeScene, ceph: Ceph) -> None:
        with make_scene(into_ceph=False) as scene:
            put_many(scene.client("source"), scene.container, MANY)
            assert not scene.sync("before").failed
            plain(scene.client("source"), scene.container, "zebra")
            with proxies(scene, port(ceph)) as between:
                rule = self.cut(between.source, scene.container)
                runs = [
                    scene.sync("check", check=True),
                    scene.sync("sync"),
                    scene.sync("prune", prune=True, max_delete="100%"),
                    scene.compare("compare"),
                ]
            assert rule.injected >= 2 * len(runs)
            for run in runs:
                assert run.failed
                assert LISTING in run.result["msg"]
                assert COUNTED in run.result["msg"]
            assert runs[-1].result["equal"] is False
            assert len(scene.names()) == MANY

    def test_what_a_source_hides_is_not_deleted_and_named(
        self, make_scene: MakeScene, ceph: Ceph
    ) -> None:
        with make_scene(into_ceph=False) as scene:
            put_many(scene.client("source"), scene.container, NUMBER)
            assert not scene.sync("before").failed
            with proxies(scene, port(ceph)) as between:
                self.without(lambda name: name == "many/00001", between.source, scene.container)
                for check in (True, False):
                    run = scene.sync(f"prune {check}", prune=True, max_delete="1", check=check)
                    assert run.result["unlisted"] == ["many/00001"]
                    assert "gives but does not list" in run.result["notice"]
            assert len(scene.names()) == NUMBER

    def test_it_is_not_believed_of_a_destination(self, scene: Scene, ceph: Ceph) -> None:
        put_many(scene.client("source"), scene.container, MANY)
        assert not scene.sync().failed
        with proxies(scene, port(ceph)) as between:
            rule = self.cut(between.destination, scene.container)
            run = scene.compare("compare")
        assert rule.injected >= 2
        assert run.failed
        assert run.result["equal"] is False
        assert LISTING in run.result["msg"]
        assert COUNTED in run.result["msg"]
        scene.cut_over()
        before = scene.names("source")
        with proxies(scene, port(ceph)) as between:
            rule = self.cut(between.destination, scene.container)
            for check in (True, False):
                run = scene.rollback(f"back {check}", check=check, max_delete="100%")
                assert run.failed
                assert LISTING in run.result["msg"]
                assert COUNTED in run.result["msg"]
        assert rule.injected >= 4
        assert scene.names("source") == before
