# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Deletes come after everything else, and only if nothing speaks against them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._copy.transfers import (
    Transfers,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.journal import (
    Journal,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.report import Report
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.run_context import (
    RunContext,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.listing import (
    ListedObject,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._sync.deletion import Deletion
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._sync.options import (
    SyncOptions,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.retry import Retry

from tests.unit.plugins.module_utils.fakes.object_server import Answer, Asked, ObjectServer

BEFORE, MOMENT = "2025-12-31T23:59:59.999999", "2026-01-01T00:00:00.000000"


@dataclass
class End:
    """The end of a run whose listings were read: 10 objects at the source, 12 at the other side."""

    source: ObjectServer
    destination: ObjectServer
    journal: Journal
    report: Report

    def note(self, *names: str, moment: str = MOMENT) -> None:
        for name in names:
            self.journal.note_extra(ListedObject(name, 1, "h", "text/plain", moment))

    def delete(
        self, max_delete: str = "100%", prune: bool = True, since: str = "", **options: object
    ) -> None:
        given = SyncOptions("here", "there", prune=prune, max_delete=max_delete, **options)  # type: ignore[arg-type]
        retry = Retry(attempts=2, sleep=lambda _seconds: None)
        context = RunContext(self.source, self.destination, given, retry)  # type: ignore[arg-type]
        transfers = Transfers(context, self.journal)
        Deletion(context, transfers, self.journal, self.report, given, since).run()

    @property
    def deleted(self) -> list[str]:
        return sorted(asked.path for asked in self.destination.named("DELETE"))


def counts(objects: int, *names: str) -> Callable[[Asked], Answer]:
    """Answer as a container that counts so many objects and has these."""

    def script(asked: Asked) -> Answer:
        path = asked.path.partition("?")[0]
        name = path.removeprefix("/v1/AUTH_x/here").removeprefix("/")
        if name:
            return Answer(200 if name in names else 404)
        return Answer(204, {"X-Container-Object-Count": str(objects)})

    return script


@pytest.fixture
def end(source: ObjectServer, destination: ObjectServer, tmp_path: Path) -> Iterator[End]:
    source.script = counts(10)
    destination.script = lambda _asked: Answer(204)
    report = Report()
    report.source["objects"], report.destination["objects"] = 10, 12
    journal = Journal(str(tmp_path), ("a", "b"))
    yield End(source, destination, journal, report)
    journal.close()


def test_each_extra_name_is_deleted_at_the_destination(end: End) -> None:
    end.note("a", "b c")
    end.delete()
    assert end.deleted == ["/v1/AUTH_x/there/a", "/v1/AUTH_x/there/b%20c"]
    assert end.source.named("DELETE") == []
    assert end.report.objects["deleted"] == 2
    assert end.report.objects["extra"] == 0
    assert sorted(end.report.changes) == ["deleted a", "deleted b c"]


def test_extra_names_are_only_counted_unless_their_deletion_is_asked_for(end: End) -> None:
    end.note("a", "b")
    end.delete(prune=False)
    assert end.destination.asked == []
    assert end.report.objects["extra"] == 2
    assert end.report.objects["deleted"] == 0
    assert end.report.notice == ""


def test_what_the_destination_had_before_is_left_alone_named_and_not_held_against_the_limit(
    end: End,
) -> None:
    end.note("a", "b", moment=BEFORE)
    end.note("c")
    end.delete("1", since=MOMENT)
    assert end.deleted == ["/v1/AUTH_x/there/c"]
    assert (end.report.objects["deleted"], end.report.objects["extra"]) == (1, 2)
    assert end.report.notice == (
        "2 objects were left alone that the destination had before this migration. The first is a"
    )


def test_what_was_there_before_and_has_been_proved_equal_is_deleted_as_a_copy_is(end: End) -> None:
    end.note("a", moment=BEFORE)
    entry = ListedObject("a", 1, "h", "text/plain", BEFORE)
    end.journal.note_equal(entry, entry)
    end.delete(since=MOMENT)
    assert end.deleted == ["/v1/AUTH_x/there/a"]
    assert end.report.notice == ""


def test_nothing_is_deleted_when_an_object_failed(end: End) -> None:
    end.note("a", "b")
    end.report.objects["failed"] = 1
    end.delete()
    assert end.destination.asked == []
    assert end.report.objects["extra"] == 2
    assert end.report.notice == "nothing was deleted, because objects could not be copied"


def test_an_empty_source_is_no_error_if_there_is_nothing_to_delete(end: End) -> None:
    end.report.source["objects"] = 0
    end.delete()
    assert end.source.asked == end.destination.asked == []
    assert end.report.objects["extra"] == 0


def test_check_mode_counts_what_would_be_deleted(end: End) -> None:
    end.note("a", "b", "c")
    end.source.script = counts(10, "c")
    end.delete(check=True)
    assert end.destination.asked == []
    assert end.report.unlisted == ["c"]
    assert end.report.objects["deleted"] == 2
    assert sorted(end.report.changes) == ["deleted a", "deleted b"]


def test_segments_that_this_run_deleted_count_against_the_limit(end: End) -> None:
    end.note("a", "b")
    end.report.segments["deleted"] = 2
    with pytest.raises(MigrationError, match=r"2 objects .* more than the 1 that '3' allows"):
        end.delete("3")
    assert end.deleted == []
    end.delete("4")
    assert len(end.deleted) == 2


def test_the_limit_is_a_share_of_the_destination(end: End) -> None:
    end.report.source["objects"], end.report.destination["objects"] = 1000, 20
    end.note("a", "b", "c")
    with pytest.raises(MigrationError, match=r"3 objects .* more than the 2 that '10%' allows"):
        end.delete("10%")
    end.report.destination["objects"] = 30
    end.delete("10%")
    assert len(end.deleted) == 3


def test_nothing_is_deleted_when_the_source_listed_less_than_it_counts(end: End) -> None:
    end.note("a")
    end.source.script = counts(100)
    with pytest.raises(MigrationError, match="shows 10 objects, its server counts 100"):
        end.delete()
    assert end.deleted == []
    assert [asked.path for asked in end.source.asked] == ["/v1/AUTH_x/here"]


def test_a_part_of_a_container_is_not_held_against_the_count_of_the_whole(end: End) -> None:
    end.note("p/a")
    end.source.script = counts(100)
    end.delete(prefix="p/")
    assert end.deleted == ["/v1/AUTH_x/there/p/a"]
    assert [asked.path for asked in end.source.asked] == ["/v1/AUTH_x/here/p/a?symlink=get"]


def test_a_source_that_is_gone_since_it_was_listed_counts_nothing(end: End) -> None:
    end.note("a")
    end.source.script = lambda _asked: Answer(404)
    end.delete()
    assert len(end.deleted) == 1


def test_a_name_that_cannot_be_deleted_is_told_and_the_others_are_deleted(end: End) -> None:
    end.note("a", "b", "c")
    end.destination.script = lambda asked: Answer(
        409 if (asked.method, asked.path[-2:]) == ("DELETE", "/b") else 204
    )
    end.delete()
    assert {path[-1] for path in end.deleted} == {"a", "b", "c"}
    assert end.report.objects["deleted"] == 2
    assert end.report.objects["failed"] == 1
    assert [failure["name"] for failure in end.report.failures] == ["b"]
    assert "409" in end.report.failures[0]["reason"]


def test_what_the_source_has_and_does_not_list_is_not_deleted_and_told(end: End) -> None:
    end.note("a", "b")
    end.source.script = counts(10, "b")
    end.delete()
    assert end.deleted == ["/v1/AUTH_x/there/a"]
    assert end.report.objects["unlisted"] == 1
    assert end.report.unlisted == ["b"]
    assert end.report.notice == (
        "1 objects were left alone that container 'here' of the source gives but does not list. "
        "The first is b"
    )
    assert end.report.there == 1


def test_what_has_come_to_the_source_meanwhile_is_not_deleted(end: End) -> None:
    end.note("a", "b")

    def script(asked: Asked) -> Answer:
        if asked.method == "GET" and asked.path.endswith("prefix=b"):
            row = {"name": "b", "bytes": 1, "hash": "h", "last_modified": MOMENT}
            return Answer(200, {}, json.dumps([row]).encode())
        return counts(10, "b")(asked)

    end.source.script = script
    end.delete()
    assert end.deleted == ["/v1/AUTH_x/there/a"]
    assert end.report.objects["kept"] == 1
    assert end.report.notice == ""


def test_what_was_written_since_it_was_listed_is_told_by_name_and_stays(end: End) -> None:
    end.note("a", "b")
    recent = {"X-Timestamp": "1767225601.00000"}
    end.destination.script = lambda asked: Answer(204, recent if "/b" in asked.path else {})
    end.delete()
    assert end.deleted == ["/v1/AUTH_x/there/a"]
    assert end.report.objects["deleted"] == 1
    [failure] = end.report.failures
    assert failure["name"] == "b"
    assert "was written while this run went on" in failure["reason"]
