# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Records of runs and plays, for the tests of what is made of them."""

from __future__ import annotations

import datetime
import random
from typing import Any

from ansible_collections.fnndsc.swift_migration.plugins.plugin_utils._dossier import Dossier
from ansible_collections.fnndsc.swift_migration.plugins.plugin_utils._migration_records import (
    MigrationRecords,
)

Record = dict[str, Any]

BEGIN = datetime.datetime(2026, 11, 29, 8, tzinfo=datetime.UTC)
SHA256 = "5f" * 32
HOSTILE = "<script>alert('x')</script>/" + "long-" * 60 + "\u202e.dcm"
COLUMNS = ["seconds", "objects", "bytes", "failed", "retries", "concurrency", "seconds_left"]


def at(hours: float) -> str:
    """Give a moment so long after the begin."""
    return (BEGIN + datetime.timedelta(hours=hours)).isoformat(timespec="milliseconds")


def side(container: str) -> dict[str, str]:
    return {
        "url": f"https://{container}.example.org/v1/AUTH_chris",
        "account": "AUTH_chris",
        "container": container,
        "identity": f"AUTH_chris/{container}@1700000000.00000",
        "server": "swift 2.31.1",
    }


def run(what: str, hours: float, seconds: float = 60.0, **more: Any) -> Record:
    """A run that did what it was to do."""
    name = f"2026-{what}-{hours:g}"
    return {
        "format": 1,
        "kind": "run",
        "name": name,
        "what": what,
        "how": "done",
        "message": "",
        "begun": at(hours),
        "ended": at(hours + seconds / 3600),
        "written": at(hours + seconds / 3600),
        "seconds": seconds,
        "by": "mover@dmz",
        "asked_by": "chris@laptop",
        "process": 4711,
        "versions": {"collection": "0.1.0", "python": "3.11.2", "libcurl": "7.88.1"},
        "source": side("users"),
        "destination": side("cube-users"),
        "settings": {"prefix": "", "max_delete": "10%"},
        "result": {"objects": {}},
        "rates": {"columns": COLUMNS, "rows": [[0.0, 0, 0, 0, 0, 8, None]]},
        "predicted": {"preflight": None, "run": None},
        "retries": {},
        "latencies": [],
        "sizes": [],
        "slowest": [],
        "list": {
            "name": f"{name}.jsonl.gz",
            "lines": 0,
            "outcomes": {},
            "sha256": SHA256,
            "problem": "",
        },
        **more,
    }


def copy(hours: float, copied: int = 1500, size: int = 735051776, **more: Any) -> Record:
    """A copy that moved so much at an even pace."""
    seconds = float(more.pop("seconds", 1000.0))
    counts = more.pop("counts", {})
    rows = [
        [step * seconds / 50, copied * step // 50, size * step // 50, 0, 0, 24, None]
        for step in range(51)
    ]
    return run(
        "migrate",
        hours,
        seconds,
        **{
            "result": {
                "objects": {"copied": copied, "kept": 7, "failed": 0, **counts},
                "bytes_copied": size,
                "segments": {"copied": 3, "bytes": 300, "deleted": 0},
                "failures": [],
                "unreadable": [],
                **more.pop("result", {}),
            },
            "rates": {"columns": COLUMNS, "rows": rows},
            "retries": {"throttled": 2},
            "latencies": [{"below": 0.0625, "objects": 900}, {"below": 0.125, "objects": 600}],
            "sizes": [{"below": 1, "objects": 3}, {"below": 1048576, "objects": copied}],
            "slowest": [{"name": f"slow-{hours:g}", "bytes": 73400320, "seconds": 12.2 + hours}],
            **more,
        },
    )


def comparison(hours: float, *, equal: bool = True, **result: Any) -> Record:
    """A comparison of all names."""
    totals = {"objects": 1507, "bytes": 735051999}
    return run(
        "compare",
        hours,
        how="done" if equal else "failed",
        settings={"prefix": "", "level": "content", "sample": "1%", "accept_unreadable": []},
        result={
            "equal": equal,
            "complete": True,
            "objects": {"match": 1507},
            "source": {**totals, "sha256": SHA256},
            "destination": {**totals, "sha256": SHA256 if equal else "60" * 32},
            "sampled": 15,
            "differences": [],
            "accepted": [],
            "damaged": 0,
            "deleted": [],
            "since": "",
            "notice": "",
            **result,
        },
    )


def cutover(hours: float, *runs: Record, **more: Any) -> Record:
    """A cutover that made these runs and was done."""
    steps = (("stop", 4.0), ("copy", 6.1), ("prove", 4.9), ("switch", 3.0), ("start", 20.0))
    return {
        "format": 1,
        "kind": "play",
        "name": f"2026-cutover-{hours:g}",
        "what": "cutover",
        "how": "done",
        "message": "",
        "begun": at(hours),
        "ended": at(hours + 0.02),
        "written": at(hours + 0.02),
        "seconds": 63.2,
        "by": "chris@laptop",
        "process": 815,
        "versions": {"collection": "0.1.0"},
        "hosts": {"movers": ["dmz"], "cube": ["chris-1"]},
        "events": [
            {"at": at(hours + 0.001), "event": "stopped", "host": "chris-1", "ok": True},
            {
                "at": at(hours + 0.002),
                "event": "phase",
                "phase": "frozen",
                "host": "dmz",
                "ok": True,
            },
            {
                "at": at(hours + 0.01),
                "event": "phase",
                "phase": "cut-over",
                "host": "dmz",
                "ok": True,
            },
        ],
        "downtime": {
            "begun": at(hours),
            "ended": at(hours + 0.0105),
            "seconds": 38.0,
            "steps": [{"step": step, "seconds": seconds} for step, seconds in steps],
        },
        "runs": [each["name"] for each in runs],
        "preflight": {
            "moment": at(hours - 1),
            "summary": "preflight: 0 failures, 1 warning, 2 ok",
            "verdict": "warning",
            "checks": [
                {
                    "host": "dmz",
                    "name": "clocks",
                    "verdict": "warning",
                    "seen": "they differ by 3 s",
                    "remedy": "Set them",
                }
            ],
            "forecast": {},
        },
        "catalogue": {
            "verdict": "ok",
            "checks": [
                {"name": "files", "verdict": "ok", "seen": "all 1,500 are there", "remedy": ""}
            ],
        },
        **more,
    }


def history() -> list[Record]:
    """A migration from its first copy to its cutover, with something of every sort."""
    lost = {"name": HOSTILE, "outcome": "accepted", "what": ["source: it answers 404"]}
    failure = {"name": HOSTILE, "reason": "source answered 503 to GET"}
    first = copy(
        0,
        how="failed",
        message=f"1 of 1500 objects failed. The first is {HOSTILE}",
        counts={"failed": 1, "vanished": 2},
        result={"failures": [failure]},
        slowest=[{"name": HOSTILE, "bytes": 73400320, "seconds": 60.5}],
    )
    last = copy(30, 12, 5000, seconds=6.0, counts={"deleted": 4, "extra": 5})
    proof = comparison(30.01, accepted=[lost], objects={"match": 1506, "accepted": 1})
    return [
        first,
        copy(24, 40, 100000, seconds=20.0),
        run("compare", 25, how="unfinished", ended=None, result={}),
        last,
        proof,
        cutover(30, last, proof),
    ]


def example() -> list[Record]:
    """A migration as one would like it: weeks of copies, and a cutover."""
    first = copy(0, 56445, 27374182400, seconds=2650.0, retries={"throttled": 12, "unanswered": 3})
    noise = random.Random(7)  # noqa: S311
    shares = [(step + noise.uniform(-0.3, 0.3)) / 100 for step in range(1, 100)]
    first["rates"]["rows"] = [
        [26.5 * step, round(56445 * share), round(27374182400 * share**1.1), 0, 0, 24, None]
        for step, share in enumerate([0.0, *shares, 1.0])
    ]
    powers = range(10, 27)
    first["sizes"] = [
        {"below": 2**power, "objects": max(1, 14000 - 240 * (power - 19) ** 2)} for power in powers
    ]
    first["latencies"] = [
        {"below": 2.0**power, "objects": round(26000 / 2 ** abs(power + 5))}
        for power in range(-8, 4)
    ]
    first["slowest"] = [
        {
            "name": f"chris/feed_{feed}/data/brain-{feed * 7}.nii.gz",
            "bytes": 2**26 - feed * 2**19,
            "seconds": 6.4 - feed / 9,
        }
        for feed in range(5)
    ]
    rest = [
        copy(24.0 * day, 40 + 13 * day % 29, 10**8 * day, seconds=60.0 + day, slowest=[], sizes=[])
        for day in range(1, 21)
    ]
    last = copy(490, 12, 5 * 10**6, seconds=6.1, counts={"deleted": 4}, slowest=[], sizes=[])
    totals = {"objects": 57_310, "bytes": 48_374_182_400, "sha256": "5d41402abc4b2a76" * 4}
    proof = comparison(
        490.01, objects={"match": 57_310}, source=totals, destination=totals, sampled=573
    )
    return [first, *rest, last, proof, cutover(490, last, proof)]


def content(*records: Record, hours: float = 0) -> dict[str, Any]:
    """What a dossier has that is made of these so long after the begin."""
    moment = datetime.datetime.fromisoformat(at(hours))
    return Dossier(MigrationRecords.latest(records), moment, "chris@laptop").content
