# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A model of the listings of a container's server."""

from __future__ import annotations

import bisect
import json
import threading
import time
from typing import Any


class ListingServer:
    """Pages of a sorted container.

    :param limit: rows of a page.  :param delay: seconds for each.
    :param ends: whether it knows end markers.
    """

    def __init__(
        self, names: list[str], limit: int = 3, delay: float = 0, *, ends: bool = True
    ) -> None:
        self.names = sorted(set(names))
        self.limit, self._delay, self._ends = limit, delay, ends
        self.asked: list[tuple[str, str]] = []
        self.most = self._now = 0
        self._mutex = threading.Lock()

    def fetch(self, marker: str, end: str) -> bytes:
        with self._mutex:
            self.asked.append((marker, end))
            self._now += 1
            self.most = max(self.most, self._now)
        time.sleep(self._delay)
        begin = bisect.bisect_right(self.names, marker)
        page = self.names[begin : begin + self.limit]
        if end and self._ends:
            page = [name for name in page if name < end]
        with self._mutex:
            self._now -= 1
        return json.dumps([row(name) for name in page]).encode() if page else b""


def row(name: str) -> dict[str, Any]:
    moment = "2026-01-01T00:00:00.000000"
    return {
        "name": name,
        "bytes": 1,
        "hash": "h",
        "content_type": '{"a": ["}"]}',
        "last_modified": moment,
    }
