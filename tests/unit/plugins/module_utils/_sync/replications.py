# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Replications between two clouds, for the tests of what they do."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import Any

from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.journal import (
    Journal,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.listing_pair import (
    stat_of,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.plan import (
    Action,
    Step,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.report import (
    Report,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.run_context import (
    RunContext,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.listing import (
    ListedObject,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._sync.replication import (
    Replication,
    as_planned,
)

from tests.unit.plugins.module_utils.fakes.two_clouds import TwoClouds

PAIR = ("a", "b")
INFO = {"swift": {"max_file_size": 10_000}, "slo": {"max_manifest_segments": 10}}


def by_size(source: ListedObject, destination: ListedObject) -> Action:
    return Action.KEEP if source.size == destination.size else Action.REPLACE


@dataclass
class Run:
    """Replications from the old container to the new one."""

    clouds: TwoClouds
    report: Report = field(default_factory=Report)

    def do(
        self,
        first: Callable[[], None] = lambda: None,
        last: Callable[[], None] = lambda: None,
        may_do: Callable[[Step], bool] = as_planned,
        **options: Any,
    ) -> dict[str, int]:
        """Replicate; give what was counted."""
        clouds = self.clouds
        given = replace(clouds.options, **{"prune": True, **options})
        context = RunContext(*clouds.connections, given, clouds.retry)
        stats = stat_of(context.source), stat_of(context.destination)
        clouds.asked.clear()
        with closing(Journal(given.state_dir, PAIR, check_mode=given.check)) as journal:
            Replication(
                context,
                journal,
                self.report,
                given,
                compare=by_size,
                compare_segments=by_size,
                may_do=may_do,
            ).run(*stats, first, last)
        return {kind: number for kind, number in self.report.objects.items() if number}


def put_large(clouds: TwoClouds, name: str) -> None:
    """Put a static large object of one segment into the old container."""
    etag = clouds.source.put("part", b"p" * 10, "old_segments")
    line: dict[str, object] = {"path": "/old_segments/part", "etag": etag, "size_bytes": 10}
    clouds.source.put_manifest(name, [line], "old")
