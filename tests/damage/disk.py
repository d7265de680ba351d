# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The disk behind one Swift of a lab: the files of objects, and the databases of containers."""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.dataset.client import Client
from tests.servers import Lab
from tests.servers.configuration import Secrets
from tests.servers.lab import Cluster

ROW = "name, created_at, size, content_type, etag, deleted, storage_policy_index"
"""The columns of a listing in a container's database."""


class Disk:
    """The only device of a cluster.

    :param client: of the account whose files are looked for.
    """

    def __init__(self, lab: Lab, side: Cluster, client: Client) -> None:
        self.client = client
        self.device = lab.state.cluster(side) / "devices" / "sdb1"
        secrets = Secrets.of(lab.state)
        self._salt = {"source": secrets.source_hash, "destination": secrets.destination_hash}[side]

    def file(self, container: str, name: str) -> Path:
        """The file with an object's bytes."""
        [found] = self._folder("objects", f"{container}/{name}").glob("*.data")
        return found

    def database(self, container: str) -> Path:
        """The file with a container's listing, up to date."""
        self.client.head(container)  # what was put last waits beside it until somebody asks
        [found] = self._folder("containers", container).glob("*.db")
        return found

    @contextlib.contextmanager
    def listing(self, container: str) -> Iterator[sqlite3.Connection]:
        """The database of a container, to be changed."""
        database = sqlite3.connect(self.database(container))
        # Swift's triggers keep a checksum by it, which nobody asks for here.
        database.create_function("chexor", 3, lambda old, _name, _time: old)
        try:
            with database:
                yield database
        finally:
            database.close()

    def row(self, container: str, name: str) -> dict[str, Any]:
        """An object's row in the listing."""
        with self.listing(container) as database:
            found = database.execute(
                f"select {ROW} from object where name = ? and deleted = 0",  # noqa: S608
                (name,),
            ).fetchone()
        return dict(zip(ROW.split(", "), found, strict=True))

    def drop_row(self, container: str, name: str) -> None:
        """Take an object out of the listing, and out of the count."""
        with self.listing(container) as database:
            database.execute("delete from object where name = ?", (name,))

    def put_row(self, container: str, **row: Any) -> None:
        """Put a row into the listing, and into the count, in the place of one with its name."""
        self.drop_row(container, row["name"])
        places = ", ".join("?" * len(row))
        with self.listing(container) as database:
            database.execute(
                f"insert into object ({', '.join(row)}) values ({places})",  # noqa: S608
                tuple(row.values()),
            )

    def count_more(self, container: str, number: int) -> None:
        """Let the server count more objects than it lists."""
        with self.listing(container) as database:
            database.execute("update policy_stat set object_count = object_count + ?", (number,))

    def _folder(self, kind: str, path: str) -> Path:
        salted = f"{self._salt}/{self.client.account}/{path}{self._salt}"
        digest = hashlib.md5(salted.encode(), usedforsecurity=False).hexdigest()
        [found] = self.device.glob(f"{kind}/*/*/{digest}")
        return found
