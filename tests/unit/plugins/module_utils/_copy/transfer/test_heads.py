# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What is decided by a HEAD: whether a copy is still right, and whether it may be deleted."""

from __future__ import annotations

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._copy.copy_errors import (
    StartOverError,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.outcome import (
    Kind,
    Outcome,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.recent_writes import (
    RecentError,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.listing import (
    ListedObject,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.status_errors import (
    StatusError,
)

from tests.unit.plugins.module_utils._copy.transfer.copying import (
    SMALL_BODY,
    entry,
    stored,
    transfer,
)
from tests.unit.plugins.module_utils.fakes.object_server import Answer, ObjectServer, content

ETAG = content(SMALL_BODY).headers["ETag"]
OTHER = {"ETag": "0" * 32}
RED, BLUE = {"X-Object-Meta-Colour": "red"}, {"X-Object-Meta-Colour": "blue"}
STATIC = {"X-Static-Large-Object": "True"}
MISSING = Answer(404)
OLD = ListedObject("o", 1, "h", "text/plain", "2026-01-01T00:00:00.000000")


def there_is(**headers: str) -> Answer:
    return content(SMALL_BODY, **headers)


@pytest.mark.parametrize(
    ("here", "there", "same"),
    [
        (there_is(**RED), there_is(**RED), True),
        (there_is(**RED), there_is(**BLUE), False),
        (there_is(), MISSING, False),
    ],
    ids=["same", "other", "gone"],
)
def test_whether_two_objects_are_the_same_is_asked_by_one_head_of_each(
    source: ObjectServer, destination: ObjectServer, here: Answer, there: Answer, same: bool
) -> None:
    source.script, destination.script = lambda _asked: here, lambda _asked: there
    assert transfer(source, destination).same("o") is same
    for server in (source, destination):
        assert [(asked.method, asked.path) for asked in server.asked] == [
            ("HEAD", "/v1/AUTH_x/c/o")
        ]


@pytest.mark.parametrize(
    ("there", "kind", "size"),
    [
        (there_is(**RED), Kind.KEPT, 0),
        (there_is(**BLUE), Kind.COPIED, len(SMALL_BODY)),
        (MISSING, Kind.COPIED, len(SMALL_BODY)),
    ],
    ids=["same", "other", "gone"],
)
def test_an_object_of_the_same_size_will_be_copied_if_it_differs(
    source: ObjectServer, destination: ObjectServer, there: Answer, kind: Kind, size: int
) -> None:
    source.script = lambda _asked: there_is(**RED)
    destination.script = lambda _asked: there
    listed = entry(SMALL_BODY)
    assert transfer(source, destination).predict(listed, listed) == Outcome(kind, "o", size)
    assert len(source.asked) == len(destination.asked) == 1


@pytest.mark.parametrize("existing", [None, entry(b"x")], ids=["none", "another-size"])
def test_an_object_whose_copy_is_missing_or_has_another_size_will_be_copied(
    source: ObjectServer, destination: ObjectServer, existing: ListedObject | None
) -> None:
    source.script = lambda _asked: there_is()
    predicted = transfer(source, destination).predict(entry(SMALL_BODY), existing)
    assert predicted == Outcome(Kind.COPIED, "o", len(SMALL_BODY))
    assert [asked.method for asked in source.asked] == ["HEAD"]
    assert destination.asked == []


def test_refresh_copies_only_what_differs(source: ObjectServer, destination: ObjectServer) -> None:
    meta = {"X-Object-Meta-A": "1"}
    source.script = lambda _asked: content(SMALL_BODY, **meta)
    destination.script = lambda asked: (
        content(SMALL_BODY, **meta) if asked.method == "HEAD" else Answer(201)
    )
    assert transfer(source, destination).refresh(entry(SMALL_BODY)) == Outcome(Kind.KEPT, "o")
    assert stored(destination) == []
    meta["X-Object-Meta-A"] = "2"
    destination.script = lambda asked: (
        content(SMALL_BODY, **{"X-Object-Meta-A": "1"}) if asked.method == "HEAD" else Answer(201)
    )
    assert transfer(source, destination).refresh(entry(SMALL_BODY)).kind is Kind.COPIED
    assert destination.named("PUT")[0].headers["x-object-meta-a"] == "2"


@pytest.mark.parametrize(("status", "kind"), [(404, Kind.DELETED), (200, Kind.UNLISTED)])
def test_a_delete_asks_the_source_first(
    source: ObjectServer, destination: ObjectServer, status: int, kind: Kind
) -> None:
    source.script = lambda _asked: Answer(status)
    destination.script = lambda _asked: Answer(204, {"X-Timestamp": "1767225600.00000"})
    outcome = transfer(source, destination).delete(OLD)
    assert (outcome.kind, outcome.name) == (kind, "o")
    asks = [("HEAD", "/v1/AUTH_x/c/o?symlink=get"), ("DELETE", "/v1/AUTH_x/c/o")]
    expected = asks if kind is Kind.DELETED else []
    assert [(asked.method, asked.path) for asked in destination.asked] == expected


def test_a_source_that_fails_to_say_whether_it_has_an_object_keeps_it(
    source: ObjectServer, destination: ObjectServer
) -> None:
    source.script = lambda _asked: Answer(503)
    with pytest.raises(StatusError, match=r"^source answered 503 to HEAD .*/c/o"):
        transfer(source, destination).delete(OLD)
    assert destination.asked == []


def test_refresh_does_not_tell_whether_a_large_object_differs(
    source: ObjectServer, destination: ObjectServer
) -> None:
    source.script = destination.script = lambda _asked: there_is(**STATIC)
    outcome = transfer(source, destination).refresh(entry(SMALL_BODY))
    assert outcome == Outcome(Kind.LARGE, "o")
    assert source.named("GET") == stored(destination) == []


@pytest.mark.parametrize("after", [there_is(**BLUE), MISSING], ids=["other", "gone"])
def test_what_a_source_showed_is_unchanged_only_if_it_shows_it_again(
    source: ObjectServer, destination: ObjectServer, after: Answer
) -> None:
    source.script = lambda _asked: there_is(**RED)
    copier = transfer(source, destination)
    seen = copier.source.request("HEAD", "o")
    copier.expect_unchanged("o", seen)
    source.script = lambda _asked: after
    with pytest.raises(StartOverError, match=r"^'o' changes while it is copied\.$"):
        copier.expect_unchanged("o", seen)


def test_what_the_destination_does_not_have_is_deleted(
    source: ObjectServer, destination: ObjectServer
) -> None:
    assert transfer(source, destination).delete(OLD).kind is Kind.DELETED


def test_a_delete_that_the_destination_refuses_is_a_failure(
    source: ObjectServer, destination: ObjectServer
) -> None:
    destination.script = lambda asked: Answer(404 if asked.method == "HEAD" else 403)
    with pytest.raises(StatusError, match="answered 403 to DELETE"):
        transfer(source, destination).delete(OLD)


def test_what_was_written_since_it_was_listed_is_not_deleted(
    source: ObjectServer, destination: ObjectServer
) -> None:
    destination.script = lambda _asked: Answer(200, {"X-Timestamp": "1767225600.10000"})
    with pytest.raises(RecentError, match="'o' was written while this run went on"):
        transfer(source, destination).delete(OLD)
    assert [asked.method for asked in destination.asked] == ["HEAD"]
