# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Fills a container with the data set, by means independent of the collection's own."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from tests.dataset.client import Account, Client
from tests.dataset.content import ContentReader
from tests.dataset.peculiar import SEGMENTS_SUFFIX
from tests.dataset.sample import SampleObject

THREADS = 8
WAITING = 4 * THREADS
IN_MEMORY = 4 << 20


@dataclass
class Uploaded:
    """What was uploaded; ``bytes`` are those that GETs give."""

    objects: int = 0
    bytes: int = 0
    seconds: float = 0.0


class Uploader:
    """Puts objects with a few threads, each with a connection of its own.

    :param age: seconds by which the server is told to date them back, see ``Client.age``.
    """

    def __init__(self, account: Account, container: str, age: float = 0.0) -> None:
        self._account = account
        self._container = container
        self._age = age
        self._local = threading.local()
        self._places = threading.BoundedSemaphore(WAITING)
        self._failure: BaseException | None = None

    def run(self, objects: Iterable[SampleObject]) -> Uploaded:
        """Upload all of them; the first failure is raised."""
        begun = time.monotonic()
        done = Uploaded()
        self._client.put_container(self._container)
        self._client.put_container(self._container + SEGMENTS_SUFFIX)
        with ThreadPoolExecutor(THREADS) as pool:
            for item in objects:
                self._places.acquire()
                if self._failure:
                    break
                pool.submit(self._put, item).add_done_callback(self._finished)
                done.objects += 1
                done.bytes += item.size
        if self._failure:
            raise self._failure
        done.seconds = time.monotonic() - begun
        return done

    @property
    def _client(self) -> Client:
        if not hasattr(self._local, "client"):
            self._local.client = Client(self._account)
            self._local.client.age = self._age
        client: Client = self._local.client
        return client

    def _finished(self, future: Future[None]) -> None:
        self._failure = self._failure or future.exception()
        self._places.release()

    def _put(self, item: SampleObject) -> None:
        for segment in item.segments:
            self._put_one(self._container + SEGMENTS_SUFFIX, segment)
        if item.large == "static":
            self._put_static_manifest(item)
        else:
            self._put_one(self._container, item)

    def _put_one(self, container: str, item: SampleObject) -> None:
        content = item.content
        data = content.read() if content.size <= IN_MEMORY else ContentReader(content)
        self._client.put(container, item.name, data, item.headers)

    def _put_static_manifest(self, item: SampleObject) -> None:
        manifest = [
            {
                "path": f"/{self._container}{SEGMENTS_SUFFIX}/{segment.name}",
                "etag": segment.content.md5(),
                "size_bytes": segment.size,
            }
            for segment in item.segments
        ]
        self._client.put(
            self._container,
            item.name,
            json.dumps(manifest).encode(),
            item.headers,
            "multipart-manifest=put",
        )
