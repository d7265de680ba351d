# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A cloud that is migrated and one that it is migrated to, with a log of what both are asked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from ansible_collections.fnndsc.swift_migration.plugins.module_utils._sync.options import (
    SyncOptions,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.retry import Retry

from tests.unit.plugins.module_utils.fakes.object_server import Answer, Asked, ObjectServer
from tests.unit.plugins.module_utils.fakes.object_store import ObjectStore

LEASE = "x-container-meta-migration-lease"
PHASE = "x-container-meta-migration-phase"

EARLY, LATE = "2026-02-01T00:00:00.000000", "2026-02-02T00:00:00.000000"

WRITES = ("PUT", "POST", "DELETE")


def run_options(folder: Path) -> SyncOptions:
    """The options of a run between them.

    :param folder: for its report and its state.
    """
    return SyncOptions(
        "old",
        "new",
        concurrency=2,
        max_delete="100%",
        report=str(folder / "report"),
        state_dir=str(folder / "state"),
        progress_interval=0,
    )


class CountingStore(ObjectStore):
    """A store that counts its objects as a server does, and knows its account.

    :ivar account: headers of the account.
    :ivar refuse: answers a request in the store's stead, if it has an answer.
    """

    def __init__(self) -> None:
        super().__init__()
        self.containers = {}
        self.account: dict[str, str] = {}
        self.refuse: Callable[[Asked], Answer | None] = lambda _asked: None

    def __call__(self, asked: Asked) -> Answer:
        if asked.path.count("/") == 2:
            return Answer(204, self.account)
        return self.refuse(asked) or super().__call__(asked)

    def _container(self, asked: Asked, name: str, query: dict[str, str]) -> Answer:
        answer = super()._container(asked, name, query)
        if asked.method == "HEAD" and answer.status == 204:
            sizes = [len(body) for place, body in self.objects.items() if place[0] == name]
            counted = {
                "X-Container-Object-Count": str(len(sizes)),
                "X-Container-Bytes-Used": str(sum(sizes)),
            }
            return Answer(204, {**answer.headers, **counted})
        return answer


class TwoClouds:
    """Container "old" of the one and "new" of the other.

    :ivar asked: side, method and path below the account of each request, in their order.
    """

    def __init__(self, source: ObjectServer, destination: ObjectServer, folder: Path) -> None:
        self.connections: tuple[Any, Any] = (source, destination)
        self.source, self.destination = CountingStore(), CountingStore()
        self.source.containers["old"] = {"x-timestamp": "1.0"}
        self.destination.containers["new"] = {"x-timestamp": "2.0"}
        self.source.now, self.destination.now = EARLY, LATE
        self.asked: list[tuple[str, str, str]] = []
        source.script = self._logged("source", self.source)
        destination.script = self._logged("destination", self.destination)
        self.retry = Retry(attempts=1, sleep=lambda _seconds: None)
        self.options = run_options(folder)

    def _logged(self, side: str, store: CountingStore) -> Callable[[Asked], Answer]:
        def script(asked: Asked) -> Answer:
            path = asked.path.partition("?")[0].removeprefix("/v1/AUTH_x/")
            self.asked.append((side, asked.method, path))
            return store(asked)

        return script

    def put(self, *names: str) -> None:
        """Put objects into the old container."""
        for name in names:
            self.source.put(name, name.encode(), "old")

    def put_extra(self, *names: str) -> None:
        """Put objects into the new container that the old one does not have."""
        for name in names:
            self.destination.put(name, name.encode(), "new")

    @property
    def held(self) -> list[str]:
        """The names that the new container holds."""
        return sorted(name for container, name in self.destination.objects if container == "new")

    @property
    def state(self) -> dict[str, str]:
        """The metadata of the new container."""
        return self.destination.containers["new"]

    @property
    def writes(self) -> list[tuple[str, str]]:
        """Method and path of each request that writes to the destination, in their order."""
        return [
            (method, path)
            for side, method, path in self.asked
            if side == "destination" and method in WRITES
        ]


def answering(status: int, *, method: str, end: str) -> Callable[[Asked], Answer | None]:
    """Answer requests of a method to paths with such an end with a status."""

    def refuse(asked: Asked) -> Answer | None:
        wanted = asked.method == method and asked.path.partition("?")[0].endswith(end)
        return Answer(status) if wanted else None

    return refuse
