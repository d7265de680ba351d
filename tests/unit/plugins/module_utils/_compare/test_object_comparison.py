# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""One object of both sides: what servers answer, and what they answer that misbehave."""

from __future__ import annotations

import copy
import time
from typing import Any

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._compare.finding import (
    SIDES,
    Sides,
    Verdict,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._compare.listing_comparison import (
    by_listing,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._compare.object_comparison import (
    ObjectComparison,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.listing_pair import (
    Both,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.listing import (
    ListedObject,
)

from tests.unit.plugins.module_utils.fakes.object_server import (
    Answer,
    Asked,
    ObjectServer,
    content,
)
from tests.unit.plugins.module_utils.fakes.object_store import ObjectStore


def entry(**changes: Any) -> ListedObject:
    values = {"size": 3, "hash": "h", "content_type": "text/plain", "last_modified": "2026"}
    return ListedObject("a", **{**values, **changes})


BOTH = Both(entry(), entry())
"""Both listings show it."""
COPIED = BOTH._replace(destination=entry(last_modified="2027"))
"""The copy is younger than what the source lists."""


def shown_by(sides: Sides) -> Both:
    """The listings of these sides show it."""
    source, destination = (entry() if side in sides else None for side in SIDES)
    return Both(source, destination)


@pytest.fixture
def inspection(source: ObjectServer, destination: ObjectServer) -> ObjectComparison:
    return ObjectComparison(source.container(), destination.container(label="destination"))


@pytest.mark.parametrize(
    ("kind", "at_swift"),
    [
        ("multipart/related; type=application/dicom", "multipart/related;type=application"),
        ("text/plain; foo", "text/plain;foo="),
        ("text/plain;", "text/plain"),
    ],
)
def test_a_content_type_that_a_listing_rewrites_matches_by_its_headers(
    source: ObjectServer,
    destination: ObjectServer,
    inspection: ObjectComparison,
    kind: str,
    at_swift: str,
) -> None:
    answer = content(b"x", **{"Content-Type": kind})
    source.script = destination.script = lambda _asked: answer
    assert by_listing(entry(content_type=at_swift), entry(content_type=kind)) is None
    assert inspection.heads("a").verdict is Verdict.MATCH


@pytest.mark.parametrize("look", ["heads", "contents"])
@pytest.mark.parametrize(
    ("here", "there", "verdict"),
    [
        (Answer(404), Answer(404), Verdict.GONE),
        (content(b"x"), Answer(404), Verdict.MISSING),
        (Answer(404), content(b"x"), Verdict.EXTRA),
        (content(b"x"), content(b"x"), Verdict.MATCH),
        (content(b"x"), content(b"y"), Verdict.DIFFER),
        (content(b"x"), content(b"x", **{"X-Object-Meta-A": "b"}), Verdict.DIFFER),
        (content(b"x"), Answer(403), Verdict.ERROR),
    ],
)
def test_both_sides_are_asked(
    source: ObjectServer,
    destination: ObjectServer,
    inspection: ObjectComparison,
    look: str,
    here: Answer,
    there: Answer,
    verdict: Verdict,
) -> None:
    source.script, destination.script = lambda _asked: here, lambda _asked: there
    found = getattr(inspection, look)("a")
    assert found.verdict is verdict
    assert (found.source is None) == (here.status == 404 or verdict is Verdict.ERROR)


class Forgetful(ObjectStore):
    """A store that does not find an object the first times it is asked for it.

    :param times: so many.  :param listed: whether its listing shows the object.
    """

    def __init__(self, times: int, *, listed: bool = True) -> None:
        super().__init__()
        self.put("a", b"x")
        if not listed:
            self.put("a+", self.objects.pop(("c", "a")))
        self._times = times

    def __call__(self, asked: Asked) -> Answer:
        if asked.path.endswith("/c/a") and self._times:
            self._times -= 1
            return Answer(404)
        return super().__call__(asked)


@pytest.mark.parametrize("look", ["heads", "contents"])
@pytest.mark.parametrize(
    ("here", "there", "listed", "verdict"),
    [
        (Forgetful(1), ObjectStore(), Sides.SOURCE, Verdict.MISSING),
        (Forgetful(1), Forgetful(0), Sides.BOTH, Verdict.MATCH),
        (Forgetful(0), Forgetful(1), Sides.BOTH, Verdict.MATCH),
        (Forgetful(2), ObjectStore(), Sides.SOURCE, Verdict.UNREADABLE),
        (Forgetful(2), ObjectStore(), Sides.NEITHER, Verdict.GONE),
        (Forgetful(2), Forgetful(0), Sides.BOTH, Verdict.UNREADABLE),
        (Forgetful(2), Forgetful(0), Sides.DESTINATION, Verdict.EXTRA),
        (Forgetful(0), Forgetful(2), Sides.BOTH, Verdict.UNREADABLE),
        (Forgetful(2), Forgetful(2), Sides.BOTH, Verdict.UNREADABLE),
        (Forgetful(9, listed=False), ObjectStore(), Sides.SOURCE, Verdict.GONE),
        (Forgetful(9, listed=False), Forgetful(0), Sides.BOTH, Verdict.EXTRA),
        (Forgetful(0), Forgetful(9, listed=False), Sides.BOTH, Verdict.MISSING),
    ],
)
def test_what_a_listing_still_shows_and_a_side_does_not_find_is_looked_at_again(
    source: ObjectServer,
    destination: ObjectServer,
    inspection: ObjectComparison,
    look: str,
    here: ObjectStore,
    there: ObjectStore,
    listed: Sides,
    verdict: Verdict,
) -> None:
    source.script, destination.script = copy.copy(here), copy.copy(there)
    assert getattr(inspection, look)("a", shown_by(listed)).verdict is verdict


@pytest.mark.parametrize(
    ("here", "there", "lost", "sides"),
    [
        (Forgetful(2), Forgetful(0), Sides.SOURCE, ["source"]),
        (Forgetful(0), Forgetful(2), Sides.DESTINATION, ["destination"]),
        (Forgetful(2), Forgetful(2), Sides.BOTH, ["source", "destination"]),
    ],
)
def test_what_is_unreadable_is_told_with_its_sides_and_the_reason(
    source: ObjectServer,
    destination: ObjectServer,
    inspection: ObjectComparison,
    here: ObjectStore,
    there: ObjectStore,
    lost: Sides,
    sides: list[str],
) -> None:
    source.script, destination.script = copy.copy(here), copy.copy(there)
    found = inspection.heads("a", BOTH)
    assert found.lost is lost
    assert found.what == tuple(
        f"{side}: its listing shows it, but it answers 404, asked twice" for side in sides
    )
    assert (found.source is None) == (Sides.SOURCE in lost)


class Expiring(Forgetful):
    """Objects that show a time of deletion, in seconds from now."""

    def __init__(self, times: int, seconds: int) -> None:
        super().__init__(times)
        self.headers["c", "a"]["x-delete-at"] = str(int(time.time()) + seconds)


@pytest.mark.parametrize(
    ("here", "there", "seen", "verdict"),
    [
        (Forgetful(2), Expiring(0, -5), False, Verdict.EXPIRED),
        (Forgetful(2), Expiring(0, 3600), False, Verdict.UNREADABLE),
        (Expiring(0, -5), Forgetful(2), False, Verdict.EXPIRED),
        (Forgetful(2), Forgetful(2), True, Verdict.EXPIRED),
        (Forgetful(2), Forgetful(0), True, Verdict.EXPIRED),
        (Forgetful(0), Forgetful(2), True, Verdict.UNREADABLE),
    ],
)
def test_it_has_expired_only_where_something_shows_that(
    source: ObjectServer,
    destination: ObjectServer,
    here: ObjectStore,
    there: ObjectStore,
    seen: bool,
    verdict: Verdict,
) -> None:
    source.script, destination.script = copy.copy(here), copy.copy(there)
    inspection = ObjectComparison(source.container(), destination.container(), lambda _listed: seen)
    assert inspection.heads("a", COPIED).verdict is verdict


def test_a_copy_from_before_the_last_change_shows_nothing_of_the_source_s_time(
    source: ObjectServer, destination: ObjectServer, inspection: ObjectComparison
) -> None:
    source.script, destination.script = Forgetful(2), Expiring(0, -5)
    older = COPIED._replace(destination=entry(last_modified="2025"))
    assert inspection.heads("a", older).verdict is Verdict.UNREADABLE


@pytest.mark.parametrize("look", ["heads", "contents"])
@pytest.mark.parametrize(
    ("here", "there", "older", "sides"),
    [
        (10, 20, Sides.SOURCE, ["source"]),
        (20, 10, Sides.DESTINATION, ["destination"]),
        (10, 10, Sides.BOTH, ["source", "destination"]),
    ],
)
def test_what_is_given_in_an_older_version_than_listed_is_unreadable(
    source: ObjectServer,
    destination: ObjectServer,
    inspection: ObjectComparison,
    look: str,
    here: int,
    there: int,
    older: Sides,
    sides: list[str],
) -> None:
    source.script, destination.script = (
        lambda _asked, time=time: content(b"x", **{"X-Timestamp": f"{time}.00000"})
        for time in (here, there)
    )
    listed = entry(last_modified="1970-01-01T00:00:20.000000")
    found = getattr(inspection, look)("a", Both(listed, listed))
    assert (found.verdict, found.older) == (Verdict.UNREADABLE, older)
    assert found.what == tuple(
        f"{side}: its listing shows it as changed at 1970-01-01T00:00:20.000000, but it gives an "
        "older version, asked twice"
        for side in sides
    )


def test_what_is_older_for_a_moment_only_is_no_finding(
    source: ObjectServer, destination: ObjectServer, inspection: ObjectComparison
) -> None:
    times = iter((10, 20))
    source.script = lambda _asked: content(b"x", **{"X-Timestamp": f"{next(times)}"})
    destination.script = lambda _asked: content(b"x")
    listed = entry(last_modified="1970-01-01T00:00:20.000000")
    assert inspection.heads("a", Both(listed, None)).verdict is Verdict.MATCH


def test_what_no_listing_has_shown_is_looked_at_once(
    source: ObjectServer, destination: ObjectServer, inspection: ObjectComparison
) -> None:
    source.script = destination.script = ObjectStore()
    assert inspection.heads("a").verdict is Verdict.GONE
    assert len(source.asked) == len(destination.asked) == 1


def test_bytes_that_are_not_what_the_etag_says_differ_only_when_read(
    source: ObjectServer, destination: ObjectServer, inspection: ObjectComparison
) -> None:
    good = content(b"good")
    source.script = lambda _asked: good
    destination.script = lambda _asked: Answer(200, good.headers, b"evil")
    assert inspection.heads("a").verdict is Verdict.MATCH
    found = inspection.contents("a")
    assert found.verdict is Verdict.DIFFER
    assert found.what == ("hash", "destination: bytes do not have the MD5 of their ETag")


def test_etags_that_are_no_md5_are_decided_by_reading(
    source: ObjectServer, destination: ObjectServer, inspection: ObjectComparison
) -> None:
    bytes_ = b"in parts"
    source.script = lambda _asked: Answer(200, {"ETag": "abc-2"}, bytes_)
    destination.script = lambda _asked: content(bytes_, **{"Content-Type": ""})
    found = inspection.heads("a")
    assert found.verdict is Verdict.DIFFER
    assert "hash" not in found.what
    source.script = lambda _asked: Answer(200, {"ETag": '"abc-2"', "Content-Type": "a/b"}, bytes_)
    destination.script = lambda _asked: content(bytes_, **{"Content-Type": "a/b"})
    assert inspection.heads("a").verdict is Verdict.MATCH


def test_what_is_cut_short_at_the_same_byte_is_unreadable_and_no_difference(
    source: ObjectServer, destination: ObjectServer, inspection: ObjectComparison
) -> None:
    whole = content(b"x" * 1000)
    source.script = lambda _asked: whole
    destination.script = lambda _asked: Answer(200, whole.headers, whole.body, cut=10)
    found = inspection.contents("a")
    assert (found.verdict, found.broken) == (Verdict.UNREADABLE, Sides.DESTINATION)
    assert found.what[0].startswith("destination: it breaks off after 10 bytes each time: ")
