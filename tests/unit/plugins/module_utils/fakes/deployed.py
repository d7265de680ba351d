# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""CUBE's services as they are switched, stopped and checked in tests, without an engine."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.deployment import (
    StartComparison,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.env_files import (
    environment_of,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.storage_switch import (
    StorageSwitch,
)

NEW = {"STORAGE_ENV": "s3", "S3_BUCKET_NAME": "new", "S3_SECRET_KEY": "s3cret"}
NAMES = [*NEW, "SWIFT_KEY"]


@dataclass
class Deployed:
    """One service, started with what its env file holds, unless something wins over that."""

    path: Path
    wins: dict[str, str] = field(default_factory=dict)
    runs: dict[str, str] | None = None
    answer: str = '{"backend": "s3", "container": "new", "objects": 7}'
    working: list[list[str]] = field(default_factory=list)
    stops: int = 0
    ids: list[list[str]] = field(default_factory=list)
    changes: StartComparison = field(default_factory=StartComparison)
    rows: list[bytes] = field(default_factory=list)
    queries: list[str] = field(default_factory=list)
    option: str = "cube_storage_compose"
    notice: str | None = None
    services = ("chris",)
    pfcon_services = ()

    def preflight(self) -> None: ...

    def unlisted_services(self) -> list[str]:
        return []

    def neighbours(self) -> list[str]:
        return []

    def running(self) -> list[str]:
        return ["chris"] if self.runs is not None else []

    def will_not_restart(self) -> bool:
        return True

    def jobs(self) -> list[str]:
        """What still works, one look after the other."""
        return self.working.pop(0) if self.working else []

    def finds_jobs(self, prefix: str) -> bool:
        return prefix == "chris-jid-"

    def stop(self, timeout: int) -> None:
        self.stops += 1

    def start(self) -> bool:
        self.runs = dict(self.configured("chris"))
        return True

    def compare_start(self, apart_from: Collection[str]) -> StartComparison:
        return self.changes

    def configured(self, service: str) -> dict[str, str]:
        ours = environment_of([self.override_path()]) if self.override_path().exists() else {}
        return {**environment_of([self.path]), **self.wins, **ours}

    def actual_environments(self, service: str) -> list[dict[str, str]]:
        return [self.runs or {}]

    def incarnations(self, service: str) -> list[str]:
        return self.ids.pop(0) if self.ids else ["1"]

    def host_names(self, service: str) -> set[str]:
        return {service, "pfcon.local"}

    def run_python(self, service: str, program: str) -> str:
        return self.answer

    def query(self, sql: str) -> Iterator[bytes]:
        self.queries.append(sql)
        yield from self.rows

    def override_path(self) -> Path:
        return self.path.with_name("override")

    def override(self, wanted: Mapping[str, Mapping[str, str]], *, predict: bool) -> bytes:
        due = wanted["chris"]
        lines = [f"{name}={due[name]}\n" for name in due if self.wins.get(name, "") not in due]
        return "".join(line for line in lines if line.partition("=")[0] in self.wins).encode()


Switch = Callable[..., StorageSwitch]
