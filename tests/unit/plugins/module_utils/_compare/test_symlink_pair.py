# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Symlinks of two containers compared."""

from __future__ import annotations

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

from tests.unit.plugins.module_utils.fakes.object_server import ObjectServer
from tests.unit.plugins.module_utils.fakes.object_store import ObjectStore, md5

TARGET = "x-symlink-target"


class Pair:
    """The object "link" of the containers "old" and "new"."""

    def __init__(self, source: ObjectServer, destination: ObjectServer) -> None:
        self.here, self.there = ObjectStore(), ObjectStore()
        source.script, destination.script = self.here, self.there
        destination.info = {"swift": {}, "symlink": {}}
        self.destination = destination
        self.expired = False
        self._containers = (source.container("old"), destination.container("new", "destination"))
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


@pytest.mark.parametrize(
    ("copied_to", "headers", "what"),
    [
        ("new/other", {}, TARGET),
        ("old/target", {}, TARGET),
        ("new/target", {"x-symlink-target-account": "AUTH_z"}, TARGET),
        ("new/target", {"x-symlink-target-etag": "e"}, "x-symlink-target-etag"),
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
