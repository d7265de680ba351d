# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""How a migration stands: what both servers, the state directory and its metadata tell of it.

No object is asked for, nothing is listed, and nothing is changed.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .._cloud.connection import Connection
from .._errors import MigrationError
from .._own_file import read_own
from .._swift.container import Container
from .._swift.container_name import check_names
from .._swift.container_stat import ContainerStat
from .._swift.swift_client import SwiftClient
from .._transport.background import begin
from .._transport.retry import Retry
from .known_runs import KnownRun, known_runs
from .lease import Lease
from .state import Migration, Phase, identity

ATTEMPTS = 3
"""Tries of a request: who looks wants an answer soon, also that there is none."""

PROOF = "proof.json"
"""The file in the state directory in which the role keeps the last proof."""

_OF_PROOF = (
    "equal",
    "complete",
    "problem",
    "begun",
    "ended",
    "level",
    "sample",
    "sampled",
    "phase",
)


@dataclass(frozen=True)
class StatusOptions:
    """What is looked at.

    :param source: the name of the container that is, or was, copied.
    :param destination: the name of the one that is filled.
    :param state_dir: where runs on this host keep their state.
    """

    source: str
    destination: str
    state_dir: str


class _Side:
    """One container, as its server counts it, or why that is not known."""

    def __init__(self, connection: Connection, name: str, retry: Retry) -> None:
        self.name = name
        self._connection, self._retry = connection, retry
        self.stat: ContainerStat | None = None
        self.identity = ""
        self.problem = ""
        self.is_missing = False

    def look(self) -> None:
        try:
            container = Container(SwiftClient(self._connection, self._retry), self.name)
            self.stat = container.stat()
            self.is_missing = self.stat is None
            if self.stat is None:
                raise container.missing()
            self.identity = identity(container, self.stat)
        except MigrationError as error:
            self.problem = str(error)

    def result(self) -> dict[str, Any]:
        return {
            "container": self.name,
            "exists": None if self.stat is None and not self.is_missing else not self.is_missing,
            "objects": self.stat.objects if self.stat else None,
            "bytes": self.stat.size if self.stat else None,
            "problem": self.problem,
        }


class Status:
    """How a migration stands now."""

    def __init__(
        self,
        source: Connection,
        destination: Connection,
        options: StatusOptions,
        retry: Retry | None = None,
    ) -> None:
        check_names(options.source, options.destination)
        retry = retry or Retry(attempts=ATTEMPTS)
        self._source = _Side(source, options.source, retry)
        self._destination = _Side(destination, options.destination, retry)
        self._folder = Path(options.state_dir).expanduser()
        self._problems: list[str] = []

    def result(self) -> dict[str, Any]:
        """Look, and give the values that the module returns.

        What cannot be seen is told as a problem, and does not hide the rest.
        """
        source_asked = begin(self._source.look)
        self._destination.look()
        source_asked.result()
        migration, now = self._migration(), time.time()
        # Once the destination is in use, the source may be gone for good.
        in_use = migration is not None and migration.phase is Phase.CUT_OVER
        if self._source.problem and not in_use:
            self._problems.append(self._source.problem)
        # Before the first run there may be none.
        if self._destination.problem and not self._destination.is_missing:
            self._problems.append(self._destination.problem)
        runs, proof = self._runs(), self._proof(migration)
        return {
            "changed": False,
            "phase": migration.phase.value if migration else "",
            **{
                moment: getattr(migration, moment) if migration else ""
                for moment in ("since", "frozen", "verified", "returned")
            },
            "source": self._source.result(),
            "destination": self._destination.result(),
            "lease": self._lease(),
            "runs": [run.result(now) for run in runs],
            "proof": proof,
            "now": round(now, 3),
            "problems": self._problems,
        }

    def _migration(self) -> Migration | None:
        stat = self._destination.stat
        try:
            return Migration.of(stat.headers) if stat else None
        except MigrationError as error:
            self._destination.problem = str(error)
            return None

    def _lease(self) -> dict[str, str] | None:
        stat = self._destination.stat
        lease = Lease.of(stat.headers) if stat else None
        if stat is None or lease is None or lease.has_ended(stat.now()):
            return None
        return {"owner": lease.owner, "since": lease.since, "until": lease.until}

    def _runs(self) -> list[KnownRun]:
        try:
            runs = list(known_runs(self._folder, self._source.name, self._destination.name))
        except OSError as error:
            self._problems.append(f"cannot read {error.filename}: {error.strerror}")
            return []
        return sorted(runs, key=lambda run: float(run.state.get("started", 0)))

    def _proof(self, migration: Migration | None) -> dict[str, Any] | None:
        """The last proof that was made on this host, if it is of this migration."""
        path = self._folder / PROOF
        try:
            found = json.loads(read_own(path))
            containers = (found["source"].get("container"), found["destination"].get("container"))
        except FileNotFoundError:
            return None
        except OSError as error:
            self._problems.append(f"cannot read {path}: {error.strerror}")
            return None
        except (ValueError, KeyError, TypeError, AttributeError):
            return None
        source = migration.source if migration else self._source.identity
        if containers != (source, self._destination.identity):
            return None
        proved = {key: found.get(key) for key in _OF_PROOF}
        return {**proved, "objects": found.get("objects", {}), "path": str(path)}
