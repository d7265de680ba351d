# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What the journal remembers, and what it must not."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.journal import (
    FOUND_EXPIRED,
    Dynamic,
    Journal,
    Postponed,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.plan import (
    Action,
    Step,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.run_lock import (
    RunLock,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.listing import (
    ListedObject,
)

PAIR = ("AUTH_a/users@1", "AUTH_b/new@2")
SOURCE = ListedObject("o", 1, "h", "text/plain", "2026-01-01T00:00:00.000000")
COPY = ListedObject("o", 1, "m", "text/plain", "2026-01-01T00:00:01.000000", "s")


def journal(tmp_path: Path, **options: bool) -> Journal:
    return Journal(str(tmp_path / "state"), PAIR, **options)


def test_a_pair_proved_equal_is_known_in_the_next_run(tmp_path: Path) -> None:
    first = journal(tmp_path)
    assert not first.proved_equal(SOURCE, COPY)
    first.note_equal(SOURCE, COPY)
    first.close()
    assert journal(tmp_path).proved_equal(SOURCE, COPY)


@pytest.mark.parametrize(
    ("run_over", "asked_for", "known"),
    [("", "", True), ("", "a/", True), ("a/", "a/b", True), ("a/", "", False), ("a/", "b/", False)],
)
def test_names_that_a_whole_run_went_over_are_familiar_to_the_next(
    tmp_path: Path, run_over: str, asked_for: str, known: bool
) -> None:
    first = journal(tmp_path)
    assert not first.is_complete(asked_for)
    first.note_complete(run_over)
    first.close()
    assert journal(tmp_path).is_complete(asked_for) is known


@pytest.mark.parametrize("change", ["hash", "content_type", "last_modified"])
@pytest.mark.parametrize("side", ["source", "destination"])
def test_a_pair_of_which_one_has_changed_is_not_proved_equal(
    tmp_path: Path, side: str, change: str
) -> None:
    kept = journal(tmp_path)
    kept.note_equal(SOURCE, COPY)
    source = SOURCE._replace(**{change: "other"}) if side == "source" else SOURCE
    copy = COPY._replace(**{change: "other"}) if side == "destination" else COPY
    assert not kept.proved_equal(source, copy)


def test_other_containers_have_another_journal(tmp_path: Path) -> None:
    first = journal(tmp_path)
    first.note_equal(SOURCE, COPY)
    first.close()
    other = Journal(str(tmp_path / "state"), (PAIR[0], "AUTH_b/new@3"))
    assert not other.proved_equal(SOURCE, COPY)


def test_files_are_private(tmp_path: Path) -> None:
    kept = journal(tmp_path)
    kept.lock(0)
    kept.close()
    assert stat.S_IMODE((tmp_path / "state").stat().st_mode) == 0o700
    files = list((tmp_path / "state").iterdir())
    assert sorted(file.suffix for file in files) == [".lock", ".sqlite"]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_check_mode_reads_what_is_there_and_writes_nothing(tmp_path: Path) -> None:
    journal(tmp_path, check_mode=True).close()
    assert not (tmp_path / "state").exists()
    first = journal(tmp_path)
    first.note_equal(SOURCE, COPY)
    first.close()
    (database,) = (tmp_path / "state").glob("*.sqlite")
    before = database.read_bytes()
    checking = journal(tmp_path, check_mode=True)
    assert checking.proved_equal(SOURCE, COPY)
    checking.note_equal(SOURCE._replace(name="p"), COPY)
    checking.close()
    assert database.read_bytes() == before


def test_check_mode_works_in_any_thread_and_leaves_no_file_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    first = journal(tmp_path)
    first.note_equal(SOURCE, COPY)
    first.close()
    with closing(journal(tmp_path, check_mode=True)) as checking, ThreadPoolExecutor(1) as pool:
        assert pool.submit(checking.proved_equal, SOURCE, COPY).result()
        pool.submit(checking.defer, Action.COPY, SOURCE).result()
        assert list(checking.deferred()) == [(Action.COPY, SOURCE)]
    assert [path.name for path in tmp_path.iterdir()] == ["state"]


def test_the_lists_of_one_run_are_empty_in_the_next(tmp_path: Path) -> None:
    first = journal(tmp_path)
    first.defer(Action.COPY, SOURCE)
    first.note_extra(COPY)
    assert list(first.deferred()) == [(Action.COPY, SOURCE)]
    assert [entry.name for entry in first.extras()] == ["o"]
    first.close()
    second = journal(tmp_path)
    assert (list(second.deferred()), list(second.extras())) == ([], [])


def test_what_was_put_off_is_known_by_its_name(tmp_path: Path) -> None:
    kept = journal(tmp_path)
    kept.defer(Action.COPY, COPY._replace(name="large"))
    kept.postpone(Postponed(Step(Action.COPY, COPY._replace(name="late")), False, 0.0, ""))
    names = ("large", "late", "o")
    assert [kept.was_put_off(name) for name in names] == [True, True, False]
    kept.resume("late")
    assert not kept.was_put_off("late")


def test_a_dynamic_large_object_is_remembered_until_forgotten(tmp_path: Path) -> None:
    dynamic = Dynamic("o", "users_segments", "o/")
    first = journal(tmp_path)
    first.note_dynamic(dynamic)
    first.close()
    second = journal(tmp_path)
    assert list(second.dynamics()) == [second.dynamic("o")] == [dynamic]
    second.forget_dynamic("o")
    assert list(second.dynamics()) == []


def test_runs_that_begin_the_same_journal_at_the_same_moment_all_can(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        for number in range(20):
            opened = [pool.submit(journal, tmp_path / str(number)) for _run in range(8)]
            for each in opened:
                each.result().close()


def test_a_second_run_waits_and_then_says_who_holds_the_lock(tmp_path: Path) -> None:
    first, second = journal(tmp_path), journal(tmp_path)
    assert first.lock(0) is False
    with pytest.raises(MigrationError, match=r"^lock_timeout: another run \(process \d+\)"):
        second.lock(0.1)
    first.close()
    assert second.lock(5) is False


def test_check_mode_takes_no_lock_and_so_waits_for_none(tmp_path: Path) -> None:
    first, checking = journal(tmp_path), journal(tmp_path, check_mode=True)
    first.lock(0)
    assert checking.lock(0) is False
    checking.close()
    first.close()


def test_what_was_seen_before_is_looked_at_again_only_after_a_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = journal(tmp_path)
    monkeypatch.setattr(RunLock, "take", lambda _self, timeout: timeout == 7)
    assert kept.lock_and_look(7, "before", lambda: "after") == "after"
    assert kept.lock_and_look(0, "before", lambda: "after") == "before"
    kept.close()


def test_what_a_rollback_wrote_is_known_by_its_name_and_md5(tmp_path: Path) -> None:
    first = journal(tmp_path)
    assert not first.returned(SOURCE)
    first.note_returned("o", "h")
    first.close()
    second = journal(tmp_path)
    assert second.returned(SOURCE)
    assert not second.returned(SOURCE._replace(hash="of a straggler"))
    assert not second.returned(SOURCE._replace(name="p"))
    second.note_returned("o", "later")
    assert (second.returned(SOURCE), second.returned(SOURCE._replace(hash="later"))) == (
        False,
        True,
    )
    second.close()


def test_when_an_object_expires_is_known_in_the_next_run_by_container_name_and_version(
    tmp_path: Path,
) -> None:
    first = journal(tmp_path)
    assert first.expiry("c", SOURCE) is None
    for moment in (1, 1_800_000_000):
        first.note_expiry("c", SOURCE, moment)
    first.close()
    second = journal(tmp_path)
    assert second.expiry("c", SOURCE) == 1_800_000_000
    assert second.expiry("d", SOURCE) is None
    later = "2026-06-01T00:00:00.000000"
    for changes in ({"name": "p"}, {"hash": "other"}, {"last_modified": later}):
        assert second.expiry("c", SOURCE._replace(**changes)) is None
    second.close()


def test_what_has_expired_is_known_in_the_next_run_by_its_version(tmp_path: Path) -> None:
    first = journal(tmp_path)
    later = SOURCE._replace(name="p", last_modified="2026-06-01T00:00:00.000000")
    for entry in (SOURCE, later):
        first.note_expiry("c", entry, 7)
    first.note_expired("c", SOURCE)
    first.note_expired("c", later._replace(hash="other"))
    first.note_expired("d", later)
    first.close()
    second = journal(tmp_path)
    assert list(second.expiries("c")) == [
        (SOURCE.name, SOURCE.version, FOUND_EXPIRED),
        (later.name, later.version, 7),
    ]
    second.note_expiry("c", SOURCE._replace(hash="new"), 8)  # it was put anew
    assert next(second.expiries("c"))[2] == 8
    second.close()


def test_lists_come_in_order_while_others_write_them(tmp_path: Path) -> None:
    kept = journal(tmp_path)
    for name in ("c", "A"):
        kept.defer(Action.REPLACE, COPY._replace(name=name))
        kept.note_extra(COPY._replace(name=name))
        kept.note_dynamic(Dynamic(name, "segments", f"{name}/"))
    deferred, extras = kept.deferred(), kept.extras()
    assert next(deferred) == (Action.REPLACE, COPY._replace(name="A"))
    assert next(extras).name == "A"
    kept.defer(Action.COPY, COPY._replace(name="b"))
    kept.note_extra(COPY._replace(name="b"))
    assert [(action, entry.name) for action, entry in deferred] == [
        (Action.COPY, "b"),
        (Action.REPLACE, "c"),
    ]
    assert [entry.name for entry in extras] == ["b", "c"]
    assert [each.name for each in kept.dynamics()] == ["A", "c"]
    kept.close()


def test_what_was_proved_equal_survives_a_run_that_is_killed(tmp_path: Path) -> None:
    killed = journal(tmp_path)
    killed.note_equal(SOURCE, COPY)
    killed.defer(Action.COPY, SOURCE)
    # Never closed.
    assert journal(tmp_path).proved_equal(SOURCE, COPY)
    assert journal(tmp_path, check_mode=True).proved_equal(SOURCE, COPY)


KILLED_WHILE_IT_WRITES = """
import os, signal, sys
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.journal import Journal
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.listing import ListedObject
directory, pair, source, copy = eval(sys.argv[1])
journal = Journal(directory, pair)
journal.note_equal(ListedObject(*source), ListedObject(*copy))
journal._database.connection.execute("pragma cache_size = 1")
journal._database.connection.execute("begin")
for number in range(1000):
    journal.note_equal(ListedObject(str(number), *source[1:]), ListedObject(*copy))
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("check", [True, False])
def test_what_was_proved_equal_survives_a_run_that_is_killed_while_it_writes(
    tmp_path: Path, check: bool
) -> None:
    arguments = repr((str(tmp_path / "state"), PAIR, tuple(SOURCE), tuple(COPY)))
    killed = subprocess.run(
        [sys.executable, "-c", KILLED_WHILE_IT_WRITES, arguments],
        env={"PYTHONPATH": os.pathsep.join(sys.path)},
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    kept = journal(tmp_path, check_mode=check)
    assert kept.proved_equal(SOURCE, COPY)
    assert not kept.proved_equal(SOURCE._replace(name="1"), COPY)


def test_a_power_cut_can_lose_rows_but_not_damage_the_file(tmp_path: Path) -> None:
    # In this mode SQLite waits for the disk wherever the order of writes matters.
    kept = journal(tmp_path)
    (mode,) = kept._database.connection.execute("pragma journal_mode").fetchone()
    (synchronous,) = kept._database.connection.execute("pragma synchronous").fetchone()
    assert (mode, synchronous) == ("wal", 1)


def test_check_mode_holds_a_large_journal_on_disk(tmp_path: Path) -> None:
    kept = journal(tmp_path)
    kept._database.connection.execute("begin")
    for number in range(20_000):
        kept.note_equal(SOURCE._replace(name=f"{number:0500}"), COPY)
    kept._database.connection.execute("commit")
    kept.close()
    program = (
        "import resource, sys; "
        "from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.journal "
        "import Journal; "
        "peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss; "
        "before = peak(); "
        "Journal(*eval(sys.argv[1]), check_mode=True); "
        "print(peak() - before)"
    )
    size = kept.path.stat().st_size
    added = subprocess.run(
        [sys.executable, "-c", program, repr((str(tmp_path / "state"), PAIR))],
        env={"PYTHONPATH": os.pathsep.join(sys.path)},
        check=True,
        capture_output=True,
    )
    assert size > 8 * 2**20
    assert int(added.stdout) * 1024 < size / 2


def test_a_disk_that_is_full_ends_the_run_and_is_told_by_its_option(tmp_path: Path) -> None:
    kept = journal(tmp_path)
    kept._database.connection.execute("pragma max_page_count = 10")
    with pytest.raises(MigrationError, match=r"^state_dir: .* is full\. .*room") as caught:
        for number in range(1000):
            kept.note_equal(SOURCE._replace(name=str(number)), COPY)
    assert caught.value.fatal
    kept.close()


def test_a_file_damaged_inside_ends_the_run_and_is_told_with_the_remedy(tmp_path: Path) -> None:
    kept = journal(tmp_path)
    for number in range(1000):
        kept.note_equal(SOURCE._replace(name=str(number)), COPY)
    kept.close()
    with kept.path.open("r+b") as file:
        file.seek(4096)
        file.write(b"x" * (kept.path.stat().st_size - 4096))
    with pytest.raises(MigrationError, match=r"^state_dir: .*malformed.*may be removed") as caught:
        journal(tmp_path).proved_equal(SOURCE._replace(name="7"), COPY)
    assert caught.value.fatal


def test_a_lock_that_cannot_be_made_is_told_by_its_option(tmp_path: Path) -> None:
    kept = journal(tmp_path)
    kept.path.with_suffix(".lock").mkdir()
    with pytest.raises(MigrationError) as caught:
        kept.lock(0)
    assert str(caught.value) == (
        f"state_dir: cannot use {kept.path}: Is a directory. Make room there, or name another "
        "folder that can be written; a damaged file may be removed."
    )
    kept.close()


def test_a_folder_that_cannot_be_made_is_told_by_its_option(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("")
    with pytest.raises(MigrationError, match=r"^state_dir: cannot use "):
        journal(tmp_path)


def test_a_damaged_file_is_told_with_the_remedy(tmp_path: Path) -> None:
    journal(tmp_path).close()
    (database,) = (tmp_path / "state").glob("*.sqlite")
    database.write_bytes(b"not a database" * 100)
    with pytest.raises(MigrationError, match=r"^state_dir: .*may be removed"):
        journal(tmp_path)
