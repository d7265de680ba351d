# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What a look at a large migration costs."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.bench import CLOCK_SECONDS, SIDES, Bench, say
from tests.benchmarks.contestants import SYNCER, Pair
from tests.benchmarks.process import BenchmarkError, Command
from tests.servers.credentials import SOURCE_ACCOUNT

MOST = 10.0
"""Seconds that ``playbooks/status.yml`` may take in the best of the rounds."""
DAY = 86_400.0
STATE_DIR = "~/.local/state/fnndsc.swift_migration"
REMEMBER = """
with recursive numbers (n) as (select 0 union all select n + 1 from numbers where n < :last)
insert into settled select printf('data/%08d.dcm', n), hex(randomblob(32)) from numbers
"""


@dataclass(frozen=True)
class Looked:
    """``playbooks/status.yml`` after a run over long listings, with a journal as long."""

    name: str
    entries: int

    def title(self, bench: Bench) -> str:
        return f"a status of {self._number(bench):,} objects"

    def run(self, bench: Bench) -> None:
        entries, project = self._number(bench), bench.lab.description["project_id"]
        pair = Pair(bench.near, self.name, self.name, concurrency=None)
        for side in SIDES:
            bench.client(side).put_container(self.name)
        bench.run(SYNCER.command(pair))  # the migration begins: what comes later is its work
        time.sleep(CLOCK_SECONDS)
        now = time.time()
        bench.add_rows("source", SOURCE_ACCOUNT, self.name, entries, now - DAY)
        bench.add_rows("destination", f"AUTH_{project}", self.name, entries, now)
        bench.expect_equal(pair.source, pair.destination)
        bench.run(SYNCER.command(pair))
        [journal] = (bench.home / STATE_DIR.removeprefix("~/")).glob("*.sqlite")
        with contextlib.closing(sqlite3.connect(journal)) as database:
            database.execute("delete from settled")
            database.execute(REMEMBER, {"last": entries - 1})
            database.commit()
        say(f"{self.name}: a journal of {journal.stat().st_size:,} bytes")
        seconds: list[float] = []
        logs = [bench.lab.access_log(side) for side in SIDES]
        for number, _name in bench.turns((self.name,)):
            marks = [log.mark() for log in logs]
            took = bench.measure(self.name, self.name, number, self._command(bench), (entries, 0))
            if f"{entries:,} of {entries:,} objects" not in took.output:
                raise BenchmarkError(f"not the status of these objects:\n{took.output}")
            for log, mark in zip(logs, marks, strict=True):
                asked = [request.method for request in log.requests(mark, self.name)]
                if asked != ["HEAD"]:
                    raise BenchmarkError(f"a status asks a server for {asked}")
            seconds.append(took.wall)
        if min(seconds) > MOST:
            raise BenchmarkError(f"a status takes {min(seconds):.1f} s, not {MOST:.0f} at most")

    def _command(self, bench: Bench) -> Command:
        given = {
            "demo_lab": str(bench.lab.state.root),
            "swift_migration_source_container": self.name,
            "swift_migration_destination_container": self.name,
            "migrate_data_state_dir": STATE_DIR,
        }
        program = str(Path(sys.executable).parent / "ansible-playbook")
        options = ["--inventory=inventories/demo", f"--extra-vars={json.dumps(given)}"]
        return Command([program, *options, "playbooks/status.yml"])

    def _number(self, bench: Bench) -> int:
        return bench.scaled(self.entries, 0)[0]
