# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The lines that tell people how a migration stands."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.plugin_utils._status_table import (
    status_lines,
)

MOMENT = "2026-02-01T08:00:00.123456"
SIDE = {"container": "old", "exists": True, "objects": 56445, "bytes": 2**30, "problem": ""}
UNSEEN = {**SIDE, "exists": None, "objects": None, "bytes": None, "problem": "x"}
RUN: dict[str, Any] = {
    "what": "swift_sync",
    "goes_on": True,
    "broken_off": False,
    "phase": "copying",
    "objects_total": 56445,
    "objects_done": 23400,
    "objects_failed": 0,
    "bytes_copied": 2**30,
    "objects_per_second": 87.4,
    "bytes_per_second": 2**20,
    "concurrency": 24,
    "started": 1769932800.0,
    "written": 1769932920.0,
    "seconds_left": 380,
    "done": False,
}
GOES_ON = (
    "goes on: 23,400 of 56,445 objects, 1.0 GiB copied, 87 objects/s, 1.0 MiB/s, "
    "about 6 min left, 24 at once"
)
PAUSED = {**RUN, "paused": 1769932800.0}
PROOF = {
    "equal": True,
    "complete": True,
    "problem": "",
    "ended": "2026-02-01T08:00:00+00:00",
    "level": "content",
    "sampled": 565,
}
STATUS: dict[str, Any] = {
    "phase": "copying",
    "since": MOMENT,
    "frozen": "",
    "verified": "",
    "returned": "",
    "source": SIDE,
    "destination": {**SIDE, "container": "new", "objects": 5},
    "lease": None,
    "runs": [],
    "proof": None,
    "now": 1769940000.0,
    "problems": [],
}
LEASE = {"owner": "swift_sync on dmz, process 4711", "since": MOMENT, "until": MOMENT}
FROZEN = {"phase": "frozen", "frozen": MOMENT}


def lines(*cubes: dict[str, Any], **changed: Any) -> dict[str, str]:
    found = status_lines({**STATUS, **changed}, cubes, lambda key: f"run {key}")
    pairs = [line.split("  ", 1) for line in found]
    return {name: text.strip() for name, text in pairs}


def test_all_lines_begin_at_the_same_column() -> None:
    found = status_lines(
        {**STATUS, "runs": [RUN]},
        [{"host": "a-very-long-name", "running": [], "storage": "old", "problem": ""}],
        str,
    )
    begins = {len(line) - len(line.partition("  ")[2].lstrip()) for line in found}
    assert len(begins) == 1


@pytest.mark.parametrize(
    ("changed", "name", "text"),
    [
        ({}, "phase", "copying, since 2026-02-01 08:00:00 UTC"),
        ({"phase": ""}, "phase", "none"),
        ({"phase": "", "destination": UNSEEN}, "phase", "is not known"),
        (FROZEN, "phase", "frozen, since 2026-02-01 08:00:00 UTC"),
        ({"phase": "verified"}, "phase", "verified, since a moment that is not known"),
        (
            {"phase": "cut-over", "verified": MOMENT},
            "phase",
            "cut-over, proved equal at 2026-02-01 08:00:00 UTC",
        ),
        ({}, "source", "old: 56,445 objects, 1.0 GiB"),
        ({"source": {**SIDE, "exists": False, "problem": "x"}}, "source", "old: does not exist"),
        ({"source": UNSEEN}, "source", "old: cannot be asked"),
        ({}, "writes", "nobody"),
        (
            {"lease": LEASE},
            "writes",
            "swift_sync on dmz, process 4711, since 2026-02-01 08:00:00 UTC",
        ),
        (
            {"runs": [RUN]},
            "swift_sync",
            GOES_ON,
        ),
        (
            {"runs": [{**RUN, "retries": 1200, "requests_per_second": 2}]},
            "swift_sync",
            f"{GOES_ON}, 1,200 retries, at most 2 requests/s",
        ),
        (
            {"runs": [{**PAUSED, "retries": 1}]},
            "swift_sync",
            "is paused since 2026-02-01 08:00:00 UTC: 23,400 of 56,445 objects, 1.0 GiB copied"
            ", 1 retry",
        ),
        (
            {"runs": [{**RUN, "retries": 2, "goes_on": False, "done": True}]},
            "swift_sync",
            "ended at 2026-02-01 08:02:00 UTC after 2 min: 23,400 of 56,445 objects, "
            "1.0 GiB copied, 2 retries",
        ),
        (
            {"runs": [{**RUN, "retries": 2, "goes_on": False, "broken_off": True}]},
            "swift_sync",
            "was killed after 2026-02-01 08:02:00 UTC: 23,400 of 56,445 objects, 1.0 GiB copied"
            ", 2 retries",
        ),
        (
            {"runs": [{**RUN, "bandwidth_limit": 2**20, "limits_until": "18:00 CET"}]},
            "swift_sync",
            f"{GOES_ON}, at most 1.0 MiB/s until 18:00 CET",
        ),
        (
            {"runs": [{**RUN, "bandwidth_limit": 2**20, "requests_per_second": 2.5}]},
            "swift_sync",
            f"{GOES_ON}, at most 1.0 MiB/s and 2.5 requests/s",
        ),
        (
            {"runs": [{**RUN, "bandwidth_limit": 0, "limits_until": "08:00 CET"}]},
            "swift_sync",
            f"{GOES_ON}, without a limit until 08:00 CET",
        ),
        (
            {"runs": [PAUSED]},
            "swift_sync",
            "is paused since 2026-02-01 08:00:00 UTC: 23,400 of 56,445 objects, 1.0 GiB copied",
        ),
        (
            {"runs": [{**RUN, "goes_on": False, "done": True, "objects_failed": 2}]},
            "swift_sync",
            "ended at 2026-02-01 08:02:00 UTC after 2 min: 23,400 of 56,445 objects, 2 failed, "
            "1.0 GiB copied",
        ),
        (
            {"runs": [{**RUN, "goes_on": False, "done": True, "failed": True}]},
            "swift_sync",
            "failed at 2026-02-01 08:02:00 UTC after 2 min: 23,400 of 56,445 objects, "
            "1.0 GiB copied",
        ),
        (
            {"runs": [{**RUN, "goes_on": False, "broken_off": True}]},
            "swift_sync",
            "was killed after 2026-02-01 08:02:00 UTC: 23,400 of 56,445 objects, 1.0 GiB copied",
        ),
        ({}, "proof", "none on this host"),
        (
            {"proof": PROOF},
            "proof",
            "equal, 565 objects by content, 2026-02-01 08:00:00 UTC, 2 h 0 min ago",
        ),
        (
            {"proof": {**PROOF, "complete": False, "sampled": 0}},
            "proof",
            "equal, only a part, 2026-02-01 08:00:00 UTC, 2 h 0 min ago",
        ),
        (
            {"proof": {**PROOF, "equal": False, "sampled": 0}},
            "proof",
            "not equal, 2026-02-01 08:00:00 UTC, 2 h 0 min ago",
        ),
        (
            {"proof": {**PROOF, "equal": False, "problem": "gone", "sampled": 0}},
            "proof",
            "broken off, 2026-02-01 08:00:00 UTC, 2 h 0 min ago",
        ),
        ({"problems": ["cannot log in"]}, "problem", "cannot log in"),
    ],
)
def test_each_line_tells_what_is_known(changed: dict[str, Any], name: str, text: str) -> None:
    assert lines(**changed)[name] == text


@pytest.mark.parametrize(
    ("cube", "text"),
    [
        ({"running": ["server", "worker"]}, "runs on the old storage: server, worker"),
        ({"running": ["server"], "storage": "mixed"}, "runs on both storages: server"),
        ({"storage": ""}, "is stopped, and set up for a storage that is neither"),
        ({"problem": "no engine"}, "is not known: no engine"),
    ],
)
def test_cube_has_a_line_for_each_host(cube: dict[str, Any], text: str) -> None:
    known = {"host": "chris", "running": [], "storage": "old", "problem": "", **cube}
    assert lines(known)["CUBE chris"] == text


def test_the_last_line_says_what_to_type() -> None:
    down = {"host": "chris", "running": [], "storage": "old", "problem": ""}
    assert lines(down, **FROZEN)["next"] == (
        "CUBE is stopped since 2026-02-01 08:00:00 UTC. To finish the cutover, type `run cutover`. "
        "To go back to the old storage, type `run rollback`."
    )
    assert list(lines())[-1] == "next"


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({"runs": [RUN], "lease": LEASE}, "swift_sync goes on."),
        (
            {"runs": [PAUSED], "lease": LEASE},
            "swift_sync is paused since 2026-02-01 08:00:00 UTC. To let it go on, type `run resume`"
            ". To look again, type `run status`.",
        ),
        (
            {"runs": [PAUSED, {**RUN, "what": "swift_compare"}]},
            "swift_sync is paused since 2026-02-01 08:00:00 UTC. swift_compare goes on. To let it",
        ),
        ({"runs": [{**PAUSED, "goes_on": False, "broken_off": True}]}, "To copy what has changed,"),
        ({"lease": LEASE}, "swift_sync on dmz, process 4711 goes on."),
        ({"lease": {**LEASE, "owner": "{0} on dmz"}}, "{0} on dmz goes on."),
        ({"runs": [{**RUN, "goes_on": False, "done": True}]}, "To copy what has changed,"),
    ],
)
def test_what_goes_on_is_told_once(changed: dict[str, Any], text: str) -> None:
    assert lines(**changed)["next"].startswith(text)


@pytest.mark.parametrize(
    ("destination", "text"),
    [
        (UNSEEN, "How far the migration is cannot"),
        ({**SIDE, "problem": "a phase that is not known"}, "How far the migration is cannot"),
        ({**UNSEEN, "exists": False}, "Nothing was migrated"),
    ],
)
def test_a_phase_that_cannot_be_told_is_not_one_that_there_is_not(
    destination: dict[str, Any],
    text: str,
) -> None:
    assert lines(destination=destination, phase="")["next"].startswith(text)
