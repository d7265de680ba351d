# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What is told of a migration to those who ask about it later.  Pure."""

from __future__ import annotations

import datetime
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ansible_collections.fnndsc.swift_migration.plugins.module_utils._check import (
    FAILURE,
    OK,
    WARNING,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._printable import (
    safe_in_json,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._version import VERSION
from ansible_collections.fnndsc.swift_migration.plugins.plugin_utils._migration_records import (
    MigrationRecords,
    Record,
)

FORMAT = 1
COMPARE, MIGRATE, ROLLBACK = "compare", "migrate", "rollback"
FIRST = 20
"""Objects that are named of each sort."""

_COPIED = ("copied", "replaced", "refreshed")
_LEFT = {
    "extra": "only in the new container, and left alone there",
    "unlisted": "given by the old server though it does not list them, and left alone",
    "vanished": "deleted at the source before they could be read",
    "expired": "their time of deletion had come",
    "conflict": "changed on both sides since the cutover",
}
_STOPS = ("stopping", "stopped")
_CHECK = ("host", "name", "verdict", "seen", "remedy")
_RUN = ("name", "what", "how", "message", "begun", "ended", "seconds", "by", "asked_by")
_PROVED = ("equal", "complete", "objects", "source", "destination", "sampled", "damaged", "notice")
_SIDE = ("url", "account", "container", "identity", "server")
_PLAY = ("name", "what", "how", "message", "begun", "ended", "seconds", "by", "hosts")


@dataclass(frozen=True)
class Dossier:
    """One migration, as its records tell it.

    :ivar records: at least one run.
    :ivar moment: when it is put together, in UTC.
    :ivar by: user and host that put it together.
    """

    records: MigrationRecords
    moment: datetime.datetime
    by: str

    @cached_property
    def content(self) -> dict[str, Any]:
        """All of it, in plain values; the same records give the same."""
        newest = self.records.runs[-1]
        told = {
            "format": FORMAT,
            "kind": "dossier",
            "made": self.moment.isoformat(timespec="seconds"),
            "by": self.by,
            "collection": VERSION,
            "verdict": self._verdict,
            "summary": " ".join(self._sentences),
            "source": _some(newest["source"], _SIDE),
            "destination": _some(newest["destination"], _SIDE),
            "moved": self._moved,
            "proof": self._proof,
            "accepted": self._accepted,
            "set_aside": self._set_aside,
            "left": self._left,
            "deletes": self._deletes,
            "failed": self._failed,
            "slowest": self._slowest,
            "latencies": _summed(run.get("latencies") for run in self._copies),
            "sizes": self._sizes,
            "retries": self._retries,
            "throughput": self._throughput,
            "downtimes": self._downtimes,
            "phases": self._phases,
            "plays": [_some(play, _PLAY) for play in self.records.plays],
            "preflight": self._last_of_plays("preflight"),
            "catalogue": self._last_of_plays("catalogue"),
            "runs": [_run(run) for run in self.records.runs],
        }
        safe: dict[str, Any] = safe_in_json(told)
        return safe

    def to_json(self) -> bytes:
        """Give it as a file: keys are sorted, so that the same records give the same bytes."""
        return json.dumps(self.content, indent=2, sort_keys=True).encode() + b"\n"

    @cached_property
    def _copies(self) -> list[Record]:
        return [run for run in self.records.runs if run["what"] == MIGRATE]

    @cached_property
    def _comparisons(self) -> list[Record]:
        """Those that compared every name, or were to."""
        return [
            run
            for run in self.records.runs
            if run["what"] == COMPARE and not run["settings"].get("prefix")
        ]

    @cached_property
    def _proved(self) -> Record | None:
        """The last comparison that compared every name."""
        told = [run for run in self._comparisons if _result(run).get("complete")]
        return told[-1] if told else None

    @property
    def _verdict(self) -> str:
        if self._proved and not _result(self._proved)["equal"]:
            return FAILURE
        doubts = (
            not self._proved,
            self._later_copies,
            self._accepted["objects"],
            self._failed and self._failed["objects"],
            self._is_down,
        )
        return WARNING if any(doubts) else OK

    @cached_property
    def _later_copies(self) -> int:
        """How many objects were copied or deleted after the proof, in either direction."""
        if not self._proved:
            return 0
        return sum(
            _objects(run, *_COPIED, "deleted")
            for run in self.records.runs
            if run["what"] != COMPARE and run["begun"] > self._proved["begun"]
        )

    @property
    def _sentences(self) -> list[str]:
        told = []
        if not self._proved:
            told.append("No comparison of all names has come to its end: nothing is proved.")
        elif _result(self._proved)["equal"]:
            told.append(f"Both containers were proved equal on {_day(self._proved['ended'])}.")
        else:
            told.append(f"Both containers were found unequal on {_day(self._proved['ended'])}.")
        if self._later_copies:
            told.append(f"Objects copied or deleted after that: {self._later_copies:,}.")
        if self._accepted["objects"]:
            told.append(f"Objects accepted as lost: {self._accepted['objects']:,}.")
        if self._failed and self._failed["objects"]:
            told.append(f"Objects that failed in the last copy: {self._failed['objects']:,}.")
        if self._is_down:
            told.append(
                "The last cutover or way back has stopped the application, and not seen it up again."
            )
        if self._phases:
            last = self._phases[-1]
            told.append(f"The migration is in phase '{last['phase']}' since {_day(last['at'])}.")
        return told

    @property
    def _moved(self) -> dict[str, Any]:
        segments = [_result(run).get("segments") or {} for run in self._copies]
        return {
            "objects": sum(_objects(run, *_COPIED) for run in self._copies),
            "bytes": sum(_result(run).get("bytes_copied") or 0 for run in self._copies),
            "segments": sum(each.get("copied") or 0 for each in segments),
            "runs": len(self._copies),
            "runs_not_done": sum(run["how"] != "done" for run in self._copies),
            "seconds": round(sum(run["seconds"] for run in self._copies), 3),
            "begun": self.records.runs[0]["begun"],
            "ended": self.records.runs[-1]["ended"],
        }

    @property
    def _proof(self) -> dict[str, Any] | None:
        if not self._proved:
            return None
        settings = self._proved["settings"]
        return {
            **_run(self._proved),
            **_some(_result(self._proved), _PROVED),
            "level": settings.get("level"),
            "sample": settings.get("sample"),
            "differences": _result(self._proved).get("differences") or [],
        }

    @cached_property
    def _accepted(self) -> dict[str, Any]:
        """What nobody could read, which a user named beforehand."""
        found: list[dict[str, Any]] = []
        if self._proved:
            found = [
                {"name": each["name"], "why": "; ".join(each.get("what") or ())}
                for each in _result(self._proved).get("accepted") or []
            ]
        elif self._copies:
            found = [
                {"name": each["name"], "why": each["reason"]}
                for each in _result(self._copies[-1]).get("unreadable") or []
                if each["accepted"]
            ]
        told_by = self._proved or (self._copies[-1] if self._copies else None)
        return {"objects": len(found), "first": found[:FIRST], **_word(told_by if found else None)}

    @property
    def _set_aside(self) -> dict[str, Any]:
        """What the application has changed at the new storage since it uses it."""
        result = _result(self._proved) if self._proved else {}
        counts = result.get("objects") or {}
        return {
            "since": result.get("since") or "",
            "written": counts.get("written") or 0,
            "deleted": counts.get("deleted") or 0,
            "first_deleted": (result.get("deleted") or [])[:FIRST],
        }

    @property
    def _left(self) -> list[dict[str, Any]]:
        """What the last run of each sort left where it was."""
        last = {run["what"]: run for run in self.records.runs if run["what"] != COMPARE}
        return [
            {"what": what, "why": why, "objects": _objects(run, what), "run": run["name"]}
            for run in last.values()
            for what, why in _LEFT.items()
            if _objects(run, what)
        ]

    @property
    def _deletes(self) -> list[dict[str, Any]]:
        return [
            {
                "run": run["name"],
                "at": run["begun"],
                "side": "destination" if run["what"] == MIGRATE else "source",
                "objects": _objects(run, "deleted"),
                "most": run["settings"].get("max_delete"),
                **_word(run),
            }
            for run in self.records.runs
            if run["what"] != COMPARE and _objects(run, "deleted")
        ]

    @cached_property
    def _failed(self) -> dict[str, Any] | None:
        """What failed in the last copy, the earlier ones having been repeated by it."""
        if not self._copies:
            return None
        last = self._copies[-1]
        unreadable = [
            each for each in _result(last).get("unreadable") or [] if not each["accepted"]
        ]
        named = [*(_result(last).get("failures") or []), *unreadable]
        accepted = len(_result(last).get("unreadable") or []) - len(unreadable)
        failed = _objects(last, "failed", "unreadable") - accepted
        return {
            "run": last["name"],
            # All that a run could not read was accepted, or the run has failed.
            "objects": 0 if last["how"] == "done" else max(failed, 0),
            "first": [_some(each, ("name", "reason")) for each in named[:FIRST]],
            "before": sum(_objects(run, "failed") for run in self._copies[:-1]),
        }

    @property
    def _slowest(self) -> list[dict[str, Any]]:
        every = [each for run in self._copies for each in run.get("slowest") or []]
        return sorted(every, key=lambda each: -float(each["seconds"]))[:FIRST]

    @property
    def _sizes(self) -> list[dict[str, Any]]:
        """Of the run that has seen most objects: each run sees all that the source lists.

        A way back sees those of the destination.
        """
        every = [run.get("sizes") or [] for run in self.records.runs if run["what"] != ROLLBACK]
        return max(every, key=lambda sizes: sum(each["objects"] for each in sizes), default=[])

    @property
    def _retries(self) -> dict[str, int]:
        kinds: Counter[str] = Counter()
        for run in self.records.runs:
            kinds.update(run.get("retries") or {})
        return dict(kinds)

    @property
    def _throughput(self) -> list[dict[str, Any]]:
        """Of the copy that has moved most, and of the last copy and comparison beside it."""
        largest = max(
            self._copies, key=lambda run: _result(run).get("bytes_copied") or 0, default=None
        )
        last = [self._copies[-1] if self._copies else None, self._proved]
        chosen = {run["name"]: run for run in (largest, *last) if run}
        every = [
            {**_some(run, ("name", "what", "begun")), **_rates(run["rates"])}
            for run in chosen.values()
        ]
        return [each for each in every if each["rows"]]

    @cached_property
    def _is_down(self) -> bool:
        """Whether the last play has stopped the application and not told that it was up again."""
        last = self.records.plays[-1] if self.records.plays else None
        stopped = last and any(event["event"] in _STOPS for event in last["events"])
        return bool(stopped) and not (last and last.get("downtime"))

    @property
    def _downtimes(self) -> list[dict[str, Any]]:
        return [
            {"play": play["name"], "what": play["what"], **play["downtime"]}
            for play in self.records.plays
            if play.get("downtime")
        ]

    @cached_property
    def _phases(self) -> list[dict[str, Any]]:
        return [
            {"phase": event["phase"], "at": event["at"], "play": play["name"], "by": play["by"]}
            for play in self.records.plays
            for event in play["events"]
            if event["event"] == "phase" and event["ok"]
        ]

    def _last_of_plays(self, key: str) -> dict[str, Any] | None:
        """What a preflight or a catalogue found that a play was told of."""
        known = [play[key] for play in self.records.plays if play.get(key)]
        if not known:
            return None
        checks = [_texts(check, _CHECK) for check in known[-1]["checks"]]
        return {**_texts(known[-1], ("moment", "verdict", "summary")), "checks": checks}


def _result(run: Record) -> Mapping[str, Any]:
    """What the run returned; nothing where it was killed."""
    return run.get("result") or {}


def _objects(run: Record, *kinds: str) -> int:
    counts = _result(run).get("objects") or {}
    return sum(counts.get(kind) or 0 for kind in kinds)


def _some(record: Mapping[str, Any], keys: Sequence[str]) -> dict[str, Any]:
    return {key: record.get(key) for key in keys}


def _texts(record: Mapping[str, Any], keys: Sequence[str]) -> dict[str, str]:
    return {key: str(record.get(key) or "") for key in keys}


def _run(run: Record) -> dict[str, Any]:
    result = _result(run)
    return {
        **_some(run, (*_RUN, "versions", "settings", "predicted", "retries", "list")),
        "objects": result.get("objects") or {},
        "bytes": result.get("bytes_copied") or 0,
    }


def _word(run: Record | None) -> dict[str, Any]:
    """Who asked for it, and who did it."""
    return {"asked_by": run.get("asked_by") if run else "", "by": run["by"] if run else ""}


def _rates(rates: Mapping[str, Any]) -> dict[str, Any]:
    """What was moved in each interval, a second."""
    at = {name: index for index, name in enumerate(rates["columns"])}
    rows = []
    for before, after in zip(rates["rows"], rates["rows"][1:], strict=False):
        span = after[at["seconds"]] - before[at["seconds"]]
        if span > 0:
            rows.append(
                [
                    after[at["seconds"]],
                    *(
                        round((after[at[key]] - before[at[key]]) / span, 3)
                        for key in ("objects", "bytes")
                    ),
                ]
            )
    return {"columns": ["seconds", "objects_per_second", "bytes_per_second"], "rows": rows}


def _summed(histograms: Iterable[Sequence[Mapping[str, Any]] | None]) -> list[dict[str, Any]]:
    counts: Counter[float] = Counter()
    for histogram in histograms:
        for bucket in histogram or ():
            counts[bucket["below"]] += bucket["objects"]
    return [{"below": below, "objects": counts[below]} for below in sorted(counts)]


def _day(moment: str | None) -> str:
    return f"{str(moment)[:16].replace('T', ' ')} UTC"
