# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Stands in for Swift's memcache filter within one proxy process, so that no memcached is needed.

Right with a single proxy process only: each would have its own view of the containers.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any

LIMIT = 50_000


class LocalCache:
    """The part of swift.common.memcached.MemcacheRing that the proxy and authtoken use."""

    def __init__(self) -> None:
        self._items: dict[str, tuple[Any, float]] = {}

    def get(self, key: str, raise_on_error: bool = False) -> Any:
        value, deadline = self._items.get(key, (None, 0))
        if deadline and deadline < time.time():
            del self._items[key]
            return None
        return value

    def set(
        self,
        key: str,
        value: Any,
        serialize: bool = True,
        time: float = 0,
        min_compress_len: int = 0,
        raise_on_error: bool = False,
    ) -> None:
        if len(self._items) >= LIMIT:
            self._items.clear()
        self._items[key] = (value, now() + time if time else 0)

    def incr(self, key: str, delta: int = 1, time: float = 0) -> int:
        value = max(0, int(self.get(key) or 0) + int(delta))
        self.set(key, value, time=time)
        return value

    def decr(self, key: str, delta: int = 1, time: float = 0) -> int:
        return self.incr(key, -delta, time)

    def delete(self, key: str, server_key: str | None = None) -> None:
        self._items.pop(key, None)

    def set_multi(
        self,
        mapping: dict[str, Any],
        server_key: str,
        serialize: bool = True,
        time: float = 0,
        min_compress_len: int = 0,
        raise_on_error: bool = False,
    ) -> None:
        for key, value in mapping.items():
            self.set(key, value, time=time)

    def get_multi(self, keys: Iterable[str], server_key: str) -> list[Any]:
        return [self.get(key) for key in keys]


now = time.time
Application = Callable[..., Any]


def filter_factory(global_conf: Any, **local_conf: str) -> Callable[[Application], Application]:
    """Make the filter, as paste.deploy wants it."""
    cache = LocalCache()

    def factory(application: Application) -> Application:
        def middleware(environ: dict[str, Any], start_response: Any) -> Any:
            environ["swift.cache"] = cache
            return application(environ, start_response)

        return middleware

    return factory
