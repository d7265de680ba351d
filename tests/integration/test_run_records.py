# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What runs between two real Swifts leave behind: a record each, and the list of its objects."""

from __future__ import annotations

import gzip
import json
import stat
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.integration.conftest import Options, RunModule, secrets
from tests.integration.pair import Pair, fill, next_second

ASKER = {"by": "chris@laptop", "mark": "1a2b3c4d"}


def read(result: dict[str, Any]) -> tuple[dict[str, Any], Counter[tuple[str, str]]]:
    """The record of a run, and how often the list of its objects tells what."""
    paths = [Path(result["record"]), Path(result["objects_list"])]
    assert [stat.S_IMODE(path.stat().st_mode) for path in paths] == [0o600, 0o600]
    assert stat.S_IMODE(paths[0].parent.stat().st_mode) == 0o700
    lines = map(json.loads, gzip.decompress(paths[1].read_bytes()).splitlines())
    record: dict[str, Any] = json.loads(paths[0].read_text())
    told = Counter((line["outcome"], line["counted_as"]) for line in lines)
    assert record["list"]["lines"] == sum(told.values())
    return record, told


@pytest.mark.security
def test_each_run_leaves_a_record_and_the_list_of_its_objects(
    pair: Pair,
    source: Options,
    destination: Options,
    run_module: RunModule,
    tmp_path: Path,
) -> None:
    state_dir = tmp_path / "state"
    sides = {
        "source": {**source, "container": pair.name},
        "destination": {**destination, "container": pair.name},
    }

    def run(module: str, **options: Any) -> dict[str, Any]:
        own = {"state_dir": str(state_dir), "asker": ASKER} if module.startswith("swift") else {}
        return run_module(module, {**sides, **own, **options})

    with pair.earlier():
        fill(pair, 5)
        pair.source.put(pair.name, "a\x1b[2J", b"x")
    copied = run("swift_sync", concurrency=3)
    record, told = read(copied)
    assert told == {("match", "copied"): 6}
    assert (record["what"], record["how"], record["message"]) == ("migrate", "done", "")
    assert (record["asked_by"], record["settings"]["concurrency"]) == ("chris@laptop", 3)
    assert all(record["versions"].values()), record["versions"]
    assert [record[side]["container"] for side in ("source", "destination")] == [pair.name] * 2
    assert record["source"]["url"].endswith(record["source"]["account"])
    assert record["result"]["objects"] == copied["objects"]
    assert [row[1] for row in record["rates"]["rows"]] == [0, 6]
    assert sum(bucket["objects"] for bucket in record["latencies"]) == 6
    assert record["slowest"][-1]["seconds"] > 0

    pair.destination.put(pair.name, "data/0001", b"y" * 100)
    unequal = run("swift_compare")
    record, told = read(unequal)
    assert told == {("match", "match"): 5, ("differ", "differ"): 1}
    assert (record["what"], record["how"]) == ("compare", "failed")
    assert record["message"] == unequal["msg"]

    again = run("swift_sync", copy_again=unequal["objects_list"])
    record, told = read(again)
    assert told == {("match", "replaced"): 1, ("match", "kept"): 5}

    next_second()
    for phase in ("frozen", "verified", "cut-over"):
        assert not run("migration_phase", phase=phase).get("failed")
    pair.destination.put(pair.name, "new", b"new")
    pair.destination.delete(pair.name, "data/0000")
    record, told = read(run("swift_rollback", max_delete="50%"))
    assert told == {
        ("match", "copied"): 1,
        ("match", "kept"): 5,
        ("missing-on-dst", "deleted"): 1,
    }
    assert (record["what"], record["how"]) == ("rollback", "done")
    assert run("swift_sync")["record"] == ""  # it is in use: nothing is done

    kept = sorted((state_dir / "runs").iterdir())
    assert len(kept) == 8
    for path in kept:
        content = path.read_bytes()
        content = gzip.decompress(content) if path.suffix == ".gz" else content
        assert content
        assert [secret for secret in secrets(sides) if secret.encode() in content] == []


def test_check_mode_leaves_none(pair: Pair, tmp_path: Path) -> None:
    told = pair.sync(check=True, state_dir=str(tmp_path / "state"))
    assert (told["record"], told["objects_list"]) == ("", "")
    assert not (tmp_path / "state").exists()
