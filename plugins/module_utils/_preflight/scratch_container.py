# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A container at the destination that is there for a minute, and what earlier ones left behind."""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import platform
import secrets
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from .._cloud.connection import Connection
from .._errors import MigrationError
from .._migration.run_lock import HeldError, RunLock
from .._own_file import make_own_folder
from .._swift.container import Container
from .._swift.container_stat import ContainerStat
from .._swift.listing import rows
from .._swift.managed_container import ManagedContainer
from .._swift.swift_client import SwiftClient

MARK = "x-container-meta-migration-scratch"
"""Tells who has made one: no container without it is removed."""

INFIX = "_preflight_"

TRIES, PAUSE = 10, 1.0
"""How often, and after how many seconds, an emptied container is deleted that shows objects yet."""

ABANDONED = 3600.0
"""Seconds after which another host's is not in use any more: a measurement takes a minute."""

WAIT = 600.0
"""Seconds to wait for another measurement on the same host."""

MAX_NAME = 256
"""Bytes of a container's name."""


class ScratchContainer:
    """Makes and removes it.  One run at a time on one host.

    :param connection: to the destination.
    :param near: the container whose name its own begins with, and whose storage policy it gets.
    :param folder: of this host, for a lock.
    """

    def __init__(self, connection: Connection, near: str, folder: Path) -> None:
        self._connection, self._near, self._folder = connection, near, folder
        token = secrets.token_hex(8)
        room = MAX_NAME - len(INFIX) - len(token)
        self._prefix = near.encode()[:room].decode(errors="ignore") + INFIX
        self.name = f"{self._prefix}{token}"

    @contextlib.contextmanager
    def made(self) -> Iterator[None]:
        """Make it, and remove it at the end of the block, with all in it.

        Those that a killed run has left are removed first.

        :raises MigrationError: it cannot be made, or not be removed.
        """
        path = self._folder / f"{self._place}.scratch.lock"
        lock = RunLock(path)
        try:
            make_own_folder(self._folder)
            lock.take(WAIT)
        except HeldError:
            raise MigrationError(
                f"another preflight of this host has measured for more than {WAIT:.0f} seconds",
                remedy=f"Wait for its end, or end it: the number of its process is in {path}",
            ) from None
        except OSError as error:
            raise MigrationError(
                f"cannot use {self._folder}: {error.strerror or error}", option="state_dir"
            ) from None
        try:
            self._remove_abandoned()
            container = Container(SwiftClient(self._connection), self.name)
            container.request("PUT", headers={MARK: self._place, **self._policy()}, accept=(202,))
            try:
                yield
            finally:
                self._remove(self.name)
        finally:
            lock.remove()

    @property
    def _place(self) -> str:
        """Identifies this host and the folder of the lock."""
        place = f"{platform.node()}:{self._folder.resolve()}"
        return hashlib.sha256(place.encode()).hexdigest()[:16]

    def _policy(self) -> dict[str, str]:
        stat = Container(SwiftClient(self._connection), self._near).stat()
        policy = stat.headers.get("x-storage-policy") if stat is not None else None
        return {"X-Storage-Policy": policy} if policy else {}

    def _remove_abandoned(self) -> None:
        client = SwiftClient(self._connection)
        query = f"format=json&prefix={quote(self._prefix, safe='')}"
        answer = client.request("GET", query=query, accept=(403, 404))
        if answer.status in (403, 404):  # the login may use single containers only
            return
        for row in rows(answer.body, "the account"):
            stat = Container(client, row["name"]).stat()
            if stat is not None and self._is_abandoned(stat):
                self._remove(row["name"])

    def _is_abandoned(self, stat: ContainerStat) -> bool:
        """Whether it is one of ours that nobody uses: this host's lock is held here."""
        mark = stat.headers.get(MARK)
        if mark is None or mark == self._place:
            return mark is not None
        now, created = stat.now(), stat.created
        if not now or not created:
            return False
        moment = datetime.datetime.fromisoformat(now).replace(tzinfo=datetime.UTC).timestamp()
        return moment - float(created) > ABANDONED

    def _remove(self, name: str) -> None:
        """Delete a container with its objects: a server may go on listing some for a while.

        :raises MigrationError: it cannot be deleted.
        """
        container = ManagedContainer(self._connection, name)
        for left in reversed(range(TRIES)):
            try:
                container.ensure_absent(force=True)
            except MigrationError as error:
                if not left:
                    raise MigrationError(
                        f"scratch container '{name}' could not be removed: {error.message}",
                        remedy="The next preflight tries it again. It holds copies only",
                    ) from None
                time.sleep(PAUSE)
            else:
                return
