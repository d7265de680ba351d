# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A v1 auth that does as told, and what logs in to it."""

from __future__ import annotations

import threading

from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cloud import (
    connection as connection_module,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cloud.connection import (
    Connection,
    ConnectionOptions,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.retry import Retry

from tests.unit.plugins.module_utils.fakes.object_server import Answer, Asked, ObjectServer


def sleep(seconds: float) -> None:
    """Sleep by the clock that the connection has when it sleeps."""
    connection_module.time.sleep(seconds)


class AuthServer(ObjectServer):
    """Hands out ``token-1``, ``token-2``, … and knows where /info is."""

    def __init__(self) -> None:
        super().__init__()
        self.script = self._answer
        self.prefix = ""
        self.life: int | None = 86400
        self.failures: list[int] = []
        self.retry_after = "0"
        self.reuses_tokens = False
        self.info: dict[str, bytes] = {}
        self.info_failures: list[int] = []
        self._lock = threading.Lock()

    @property
    def logins(self) -> int:
        return sum(asked.path == "/auth/v1.0" for asked in self.asked)

    def connection(self, label: str = "source") -> Connection:
        auth = {"auth_url": f"{self.url}/auth/v1.0", "username": "a:b", "password": "sesame"}
        return Connection(
            ConnectionOptions(auth_type="v1password", auth=auth, label=label),
            retry=Retry(sleep=sleep, uniform=lambda _low, high: high),
        )

    def _answer(self, asked: Asked) -> Answer:
        if asked.path.endswith("/info") and self.info_failures:
            return Answer(self.info_failures.pop(0))
        if asked.path in self.info:
            return Answer(200, body=self.info[asked.path])
        if asked.path != "/auth/v1.0":
            return Answer(404)
        with self._lock:
            if self.failures:
                return Answer(self.failures.pop(0), {"Retry-After": self.retry_after})
            if not self.reuses_tokens or not self.tokens:
                self.tokens += 1
        headers = {
            "X-Storage-Url": f"{self.url}{self.prefix}/v1/AUTH_a/",
            "X-Auth-Token": self.token(),
        }
        if self.life is not None:
            headers["X-Auth-Token-Expires"] = str(self.life)
        return Answer(200, headers)
