# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The records that a history holds of one migration.  Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Record = Mapping[str, Any]
Pair = tuple[str, str]
"""What identifies the source's and the destination's container."""


@dataclass(frozen=True)
class MigrationRecords:
    """Of one migration, the oldest first.

    :ivar runs: records of copies, ways back and comparisons.
    :ivar plays: records of cutovers and of plays that go back.
    """

    runs: tuple[Record, ...]
    plays: tuple[Record, ...]

    @classmethod
    def latest(cls, records: Iterable[Record], destination: str = "") -> MigrationRecords:
        """Pick those of the migration that was worked on last.

        A play belongs to it that has one of its runs, or has none and is the only migration's.

        :param records: all that the history holds, in any order.
        :param destination: name of the destination's container; "" for any.
        """
        known = sorted(records, key=lambda record: str(record["begun"]))
        runs = [
            record
            for record in known
            if record["kind"] == "run" and destination in ("", record["destination"]["container"])
        ]
        pairs = {_pair(run) for run in runs}
        chosen = tuple(run for run in runs if _pair(run) == _pair(runs[-1]))
        names = {run["name"] for run in chosen}
        plays = (record for record in known if record["kind"] == "play")
        return cls(
            chosen,
            tuple(
                play
                for play in plays
                if names & {*play["runs"]} or (not play["runs"] and len(pairs) == 1)
            ),
        )


def _pair(run: Record) -> Pair:
    return run["source"]["identity"], run["destination"]["identity"]
