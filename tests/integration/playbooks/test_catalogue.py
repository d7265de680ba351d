# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A cutover that asks CUBE's database which files there must be, and what is told and prevented."""

from __future__ import annotations

import base64
import gzip
import json
import shlex
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from tests.integration.playbooks.callbacks.hooks import KILL
from tests.integration.playbooks.cutover import Cutover
from tests.integration.playbooks.test_cutover import FILES, upload
from tests.integration.playbooks.test_cutover_broken_off import at_the_destination
from tests.servers import Lab
from tests.servers.postgres import Postgres

FIRST, SECOND, *_OTHERS = FILES
LOST_BEFORE = "feed_9/data/line\nfeed.dcm"

Known = Callable[[Iterable[str]], None]


@pytest.fixture
def known(cutover: Cutover, postgres: Postgres, database: str) -> Known:
    """Say which files CUBE's database knows, which the application's own stands in for."""
    postgres.run("create table core_chrisfile (id serial, fname varchar(1024))", database)
    cutover.variables["cube_storage_commands"]["database"] = postgres.of(database)  # type: ignore[index]

    def say(names: Iterable[str]) -> None:
        values = ", ".join(f"(convert_from('\\x{name.encode().hex()}', 'UTF8'))" for name in names)
        postgres.run("truncate core_chrisfile", database)
        postgres.run(f"insert into core_chrisfile (fname) values {values}", database)  # noqa: S608

    return say


def verify(cutover: Cutover, *arguments: str, catalogue: str = "database") -> tuple[int, str]:
    done = cutover.controller.run(
        *arguments,
        playbook="playbooks/verify.yml",
        inventory=cutover.inventory,
        swift_migration_catalogue=catalogue,
    )
    return done.status, "\n".join([*done.errors, done.output])


def left(cutover: Cutover) -> list[Path]:
    """Files of names that were not removed."""
    return [
        path
        for pattern in ("**/cube-files-*", "**/catalogue-*")
        for path in cutover.controller.home.glob(pattern)
    ]


def test_lost_before_lost_by_the_migration_and_deleted_since_are_told_apart(
    cutover: Cutover, known: Known
) -> None:
    upload(cutover)
    known([*FILES, LOST_BEFORE])
    done = cutover.migrate("--diff", "-vvv")
    assert done.status == 0, done.output
    assert cutover.storage == cutover.new
    assert "1 of 9 files of the catalogue are neither in" in done.output
    assert "were lost before the migration" in done.output
    told = json.dumps(json.dumps(LOST_BEFORE))[1:-1]
    assert told in done.output
    # Of a file that is there no name is told, neither as it is nor in hex.
    copies = done.output.replace("\\", "").count(FIRST)
    assert FIRST.encode().hex() not in done.output
    assert copies <= 2
    assert left(cutover) == []

    # One is removed behind CUBE's back, another one by CUBE.
    cutover.destination.delete(cutover.new, FIRST)
    cutover.api.delete(SECOND)
    known([*(name for name in FILES if name != SECOND), LOST_BEFORE])
    status, output = verify(cutover)
    assert status != 0
    [error] = [line for line in output.splitlines() if "are in " in line][:1]
    assert f"1 of 8 files of the catalogue are in {cutover.old} and not in {cutover.new}" in error
    assert json.dumps(FIRST) in error
    assert SECOND not in error
    report = cutover.controller.home / "state" / "lost.jsonl"
    assert [json.loads(line) for line in report.read_text().splitlines()] == [
        {"name": FIRST, "fate": "lost"},
        {"name": LOST_BEFORE, "fate": "missing"},
    ]
    assert left(cutover) == []

    # Without that look, one is as good as deleted as the other.
    assert (
        cutover.controller.run(playbook="playbooks/verify.yml", inventory=cutover.inventory).status
        == 0
    )

    names = cutover.controller.home / "names"
    names.write_text("\n".join(name for name in FILES if name not in (FIRST, SECOND)))
    status, output = verify(cutover, catalogue=str(names))
    assert status == 0, output
    assert "all 6 files of the catalogue are in place" in output
    names.write_text("\n".join(FILES))
    status, output = verify(cutover, catalogue=str(names))
    assert status != 0
    assert "2 of 8 files of the catalogue are in" in output


def test_a_file_that_gets_lost_on_the_way_breaks_the_cutover_off(
    cutover: Cutover, known: Known, lab: Lab
) -> None:
    upload(cutover)
    known(FILES)
    lose = at_the_destination(lab, f"delete({cutover.new!r}, {FIRST!r})")
    broken = cutover.hooked({"Check that the proof is complete": lose}).migrate()
    assert broken.status != 0
    told = next(error for error in broken.errors if "The cutover was broken off" in error)
    assert f"1 of 8 files of the catalogue are in {cutover.old} and not in {cutover.new}" in told
    assert json.dumps(FIRST) in told
    # CUBE is stopped at the proof and deletes nothing, so it is asked once there.
    assert broken.output.count("Ask CUBE's database") == 2
    assert "CUBE runs on the old storage again; nothing is lost." in told
    assert cutover.storage == cutover.configured == cutover.old
    assert cutover.files == FILES
    done = cutover.migrate()
    assert done.status == 0, done.output
    assert cutover.files == FILES


def test_a_file_that_cube_deletes_meanwhile_is_not_told(
    cutover: Cutover, known: Known, postgres: Postgres, database: str
) -> None:
    upload(cutover)
    known(FILES)
    copied = cutover.migrate(cutover=False)
    assert copied.status == 0, copied.output
    cutover.source.delete(cutover.old, FIRST)
    forget = f"delete from core_chrisfile where fname = '{FIRST}'"  # noqa: S608 - the test's own
    forgotten = f"echo {shlex.quote(forget)} | {postgres.of(database)}"
    quick = {"swift_migration_preflight_measure": False}
    looked = cutover.hooked({"Copy the names": forgotten}).preflight(**quick)
    assert looked.status == 0, looked.output
    there = cutover.found("ok")["localhost"]["files of the catalogue"]
    assert there.startswith(f"all {len(FILES) - 1} files of the catalogue are in the old container")
    known(FILES)
    refused = cutover.preflight(**quick)
    assert refused.status != 0
    told = cutover.found("failure")["localhost"]["files of the catalogue"]
    assert told.startswith(f"1 of {len(FILES)} files of the catalogue are in {cutover.new} and not")


def test_a_cutover_goes_on_though_only_a_cube_that_runs_can_be_asked(cutover: Cutover) -> None:
    upload(cutover)
    lines = "".join(sorted(f"{name.encode().hex()}\n" for name in FILES))
    names = base64.b64encode(gzip.compress(lines.encode())).decode()
    told = shlex.quote(json.dumps({"names": names, "count": len(FILES)}))
    commands = cutover.variables["cube_storage_commands"]
    run = f"""p=$(cat); case "$p" in
        *local_fields*) echo {told};;
        *) printf "%s" "$p" | ({commands["run"]});;
    esac"""
    asked: dict[str, Any] = {
        "swift_migration_catalogue": "database",
        "cube_storage_commands": {**commands, "run": run},
    }
    killed = cutover.hooked({"Copy the rest": KILL}).migrate(**asked)
    assert killed.status != 0
    assert (cutover.phase, cutover.storage) == ("frozen", "")
    done = cutover.migrate(**asked)
    assert done.status == 0, done.output
    assert "nobody can tell which files CUBE knows" in done.output
    assert (cutover.phase, cutover.storage) == ("cut-over", cutover.new)


def silent(cutover: Cutover, marker: Path) -> dict[str, Any]:
    """A deployment that tells in neither way which files it knows.

    :param marker: a file that is there once its database was asked.
    """
    commands = cutover.variables["cube_storage_commands"]
    no_look = 'p=$(cat); case "$p" in *local_fields*) exit 3;; esac; printf "%s" "$p" | '
    return {
        **commands,
        "database": f"touch {shlex.quote(str(marker))}; echo no such server >&2; exit 2",
        "run": f"{no_look}({commands['run']})",
    }


def test_a_cutover_is_refused_without_the_files_or_who_knows_them_and_stops_nothing(
    cutover: Cutover, known: Known, tmp_path: Path
) -> None:
    upload(cutover)
    begun = cutover.deployment.starts

    # These are the names of another container.
    known([f"elsewhere/{index}" for index in range(9)] + list(FILES))
    refused = cutover.migrate()
    assert refused.status != 0
    assert "9 of 17 files of the catalogue are neither in" in refused.errors[-1]
    assert refused.errors[-1].endswith("Nothing was stopped.")
    assert cutover.deployment.starts == begun

    # It is asked for, and neither way of asking works.
    refused = cutover.migrate(
        swift_migration_catalogue="database",
        cube_storage_commands=silent(cutover, tmp_path / "asked"),
    )
    assert refused.status != 0
    assert "no such server; nor by a service of CUBE" in refused.errors[-1]
    assert cutover.deployment.starts == begun
    assert left(cutover) == []


def test_unless_it_is_asked_for_a_catalogue_is_no_condition(
    cutover: Cutover, tmp_path: Path
) -> None:
    upload(cutover)
    asked = tmp_path / "asked"
    commands = silent(cutover, asked)
    ran = cutover.migrate(
        "--check", swift_migration_catalogue=False, cube_storage_commands=commands
    )
    assert ran.status == 0, ran.output
    assert not asked.exists()
    ran = cutover.migrate("--check", cube_storage_commands=commands)
    assert ran.status == 0, ran.output
    assert "nobody can tell which files CUBE knows" in ran.output
    assert asked.exists()
    assert left(cutover) == []


def test_a_preflight_tells_what_was_lost_before_and_that_it_is_another_container(
    cutover: Cutover, known: Known
) -> None:
    upload(cutover)
    known([*FILES, LOST_BEFORE])
    quick = {"swift_migration_preflight_measure": False}
    looked = cutover.preflight(**quick)
    assert looked.status == 0, looked.output
    told = cutover.found("warning")["localhost"]["files of the catalogue"]
    assert told.startswith("1 of 9 files of the catalogue are neither in")
    assert cutover.found("ok")["localhost"]["CUBE's database"] == "it knows 9 files"

    known([*FILES, *(f"elsewhere/{index}" for index in range(9))])
    refused = cutover.preflight(**quick)
    assert refused.status != 0
    told = cutover.found("failure")["localhost"]["files of the catalogue"]
    assert told.startswith("9 of 17 files of the catalogue are neither in")
    assert left(cutover) == []
