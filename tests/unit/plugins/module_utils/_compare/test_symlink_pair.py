# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Symlinks of two containers compared."""

from __future__ import annotations

import time

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._compare.finding import (
    Finding,
    Sides,
    Verdict,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._compare.object_comparison import (
    ObjectComparison,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.listing_pair import (
    Both,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.manifest_reach import (
    ManifestReach,
)

from tests.unit.plugins.module_utils.fakes.object_server import Answer, Asked, ObjectServer
from tests.unit.plugins.module_utils.fakes.object_store import ObjectStore, md5

TARGET, ETAG = "x-symlink-target", "x-symlink-target-etag"


class Pair:
    """The object "link" of the containers "old" and "new"."""

    def __init__(
        self,
        source: ObjectServer,
        destination: ObjectServer,
        reach: ManifestReach | None = None,
    ) -> None:
        self.here, self.there = ObjectStore(), ObjectStore()
        source.script, destination.script = self.here, self.there
        destination.info = {"swift": {}, "symlink": {}}
        self.destination = destination
        self.expired = False
        self._containers = (
            source.container("old", reach=reach),
            destination.container("new", "destination"),
        )
        self.here.put("target", b"bytes", "old")
        self.there.put("target", b"bytes", "new")

    def links(self, to: str, copied_to: str, **headers: str) -> None:
        self.here.put("link", b"", "old", **{TARGET: to})
        self.there.put("link", b"", "new", **{TARGET: copied_to, **headers})

    def compare(self, *, closely: bool = False) -> Finding:
        source, destination = self._containers
        comparison = ObjectComparison(source, destination, lambda _listed: self.expired)
        shown = Both(*(each.find("link") for each in self._containers))
        look = comparison.contents if closely else comparison.heads
        return look("link", shown)


@pytest.fixture
def pair(source: ObjectServer, destination: ObjectServer) -> Pair:
    return Pair(source, destination)


@pytest.mark.parametrize("closely", [False, True])
@pytest.mark.parametrize("name", ["target", "none"])
def test_two_that_lead_to_the_same_name_are_the_same_whether_it_is_there_or_not(
    pair: Pair, name: str, closely: bool
) -> None:
    pair.links(f"old/{name}", f"new/{name}")
    finding = pair.compare(closely=closely)
    assert finding.verdict is Verdict.MATCH
    assert finding.source == finding.destination == (0, md5(b""))
    assert finding.dangling is (name == "none")


@pytest.mark.parametrize("closely", [False, True])
def test_one_that_leads_to_nothing_at_the_destination_only_is_missing_and_told_where_it_leads(
    pair: Pair, closely: bool
) -> None:
    pair.here.put("only here", b"bytes", "old")
    pair.links("old/only%20here", "new/only%20here")
    finding = pair.compare(closely=closely)
    assert finding.verdict is Verdict.MISSING
    assert finding.what == ("destination: it is a symlink to 'new/only here', which is not there",)


def test_one_whose_target_has_another_etag_at_the_destination_is_missing(pair: Pair) -> None:
    pinned = {ETAG: md5(b"bytes")}
    pair.here.put("link", b"", "old", **{TARGET: "old/target", **pinned})
    pair.there.put("link", b"", "new", **{TARGET: "new/target", **pinned})
    assert pair.compare().verdict is Verdict.MATCH
    pair.there.put("target", b"other", "new")
    finding = pair.compare()
    assert finding.verdict is Verdict.MISSING
    assert finding.what[0].endswith(f"not there with the ETag {md5(b'bytes')}")


def test_one_that_leads_to_what_expired_at_the_destination_a_little_earlier_is_the_same(
    pair: Pair,
) -> None:
    pair.here.put("brief", b"bytes", "old", **{"x-delete-at": str(int(time.time()) + 1)})
    pair.links("old/brief", "new/brief")
    finding = pair.compare()
    assert (finding.verdict, finding.dangling) == (Verdict.MATCH, True)


def test_one_that_leads_to_nothing_for_a_moment_only_is_the_same(
    pair: Pair, destination: ObjectServer
) -> None:
    pair.links("old/target", "new/target")
    misses = iter([Answer(404)])

    def script(asked: Asked) -> Answer:
        followed = asked.path.endswith("/link")
        return next(misses, pair.there(asked)) if followed else pair.there(asked)

    destination.script = script
    assert pair.compare().verdict is Verdict.MATCH
    assert next(misses, None) is None


def test_one_that_leads_out_of_the_container_by_another_one_is_the_same(
    source: ObjectServer, destination: ObjectServer
) -> None:
    pair = Pair(source, destination, ManifestReach("old"))
    pair.here.put("secret", b"bytes", "other")
    pair.here.put("way", b"", "old", **{TARGET: "other/secret"})
    pair.there.put("way", b"bytes", "new")
    pair.links("old/way", "new/way")
    assert pair.compare().verdict is Verdict.MATCH


@pytest.mark.parametrize(
    ("copied_to", "headers", "what"),
    [
        ("new/other", {}, TARGET),
        ("old/target", {}, TARGET),
        ("new/target", {"x-symlink-target-account": "AUTH_z"}, TARGET),
        ("new/target", {ETAG: "e"}, ETAG),
        ("new/target", {"x-object-meta-kind": "theirs"}, "x-object-meta-kind"),
    ],
)
def test_two_that_differ_are_told_in_what(
    pair: Pair, copied_to: str, headers: dict[str, str], what: str
) -> None:
    pair.links("old/target", copied_to, **headers)
    finding = pair.compare()
    assert (finding.verdict, finding.what) == (Verdict.DIFFER, (what,))


@pytest.mark.parametrize("closely", [False, True])
def test_one_that_became_an_object_is_compared_by_what_it_leads_to(
    pair: Pair, closely: bool
) -> None:
    pair.here.put("link", b"", "old", **{TARGET: "old/target"})
    pair.there.put("link", b"bytes", "new")
    assert pair.compare(closely=closely).verdict is Verdict.MATCH
    pair.there.put("link", b"other", "new")
    finding = pair.compare(closely=closely)
    assert finding.verdict is Verdict.DIFFER
    assert "hash" in finding.what


def test_one_that_is_an_object_at_the_source_differs(pair: Pair) -> None:
    pair.here.put("link", b"bytes", "old")
    pair.there.put("link", b"", "new", **{TARGET: "new/target"})
    finding = pair.compare()
    assert (finding.verdict, finding.what) == (Verdict.DIFFER, (TARGET,))


def test_one_that_the_destination_lacks_and_can_have_is_missing(pair: Pair) -> None:
    pair.here.put("link", b"", "old", **{TARGET: "old/none"})
    assert pair.compare().verdict is Verdict.MISSING


def test_one_that_leads_to_nothing_and_cannot_be_a_symlink_is_unreadable_and_named(
    pair: Pair,
) -> None:
    pair.destination.info = {"swift": {}}
    pair.here.put("link", b"", "old", **{TARGET: "old/none"})
    finding = pair.compare()
    assert (finding.verdict, finding.lost) == (Verdict.UNREADABLE, Sides.SOURCE)
    assert "it is a symlink to 'old/none', which is not there" in finding.what[0]
    pair.expired = True
    assert pair.compare().verdict is Verdict.EXPIRED
