# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""How a finding counts that was accepted by name, or is one of a destination in use."""

from __future__ import annotations

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._compare.examination import (
    WRITTEN_AND_LOST,
    Examination,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._compare.finding import (
    Finding,
    Sides,
    Verdict,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._compare.object_comparison import (
    ObjectComparison,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._compare.options import Level
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._compare.post_cutover_changes import (
    PostCutoverChanges,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.divergence import (
    Moments,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.listing_pair import (
    Both,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.listing import (
    ListedObject,
)

from tests.unit.plugins.module_utils.fakes.object_server import Answer, Asked, ObjectServer
from tests.unit.plugins.module_utils.fakes.object_store import ObjectStore


class Lossy(ObjectStore):
    """Lists objects of which it gives only the headers, or nothing.

    :param lost: names of which it gives nothing.  :param broken: of which it gives headers only.
    """

    def __init__(self, *, lost: str = "", broken: str = "") -> None:
        super().__init__()
        self.put("a", b"bytes")
        self.put("b", b"bytes")
        self._lost, self._broken = lost, broken

    def __call__(self, asked: Asked) -> Answer:
        name = asked.path.partition("/c/")[2]
        if name and name == self._lost:
            return Answer(404)
        answer = super().__call__(asked)
        if name and name == self._broken and asked.method == "GET":
            return Answer(200, answer.headers, answer.body, cut=2)
        return answer


def examine(
    source: ObjectServer,
    destination: ObjectServer,
    name: str,
    *,
    late: Sides = Sides.NEITHER,
    aside: PostCutoverChanges | None = None,
    expired: bool = False,
) -> Finding:
    """Look at a name that both listings show, where "a" is accepted."""

    def make() -> ObjectComparison:
        return ObjectComparison(
            source.container(), destination.container(), lambda _listed: expired
        )

    entry = ListedObject(name, 1, "", "", "")
    examination = Examination(make, Level.HEADERS, aside, {"a"})
    return examination.look(name, Both(entry, entry), late)


@pytest.mark.parametrize(("name", "verdict"), [("a", Verdict.ACCEPTED), ("b", Verdict.UNREADABLE)])
def test_only_what_is_named_is_accepted(
    source: ObjectServer, destination: ObjectServer, name: str, verdict: Verdict
) -> None:
    source.script, destination.script = Lossy(lost=name), Lossy()
    found = examine(source, destination, name)
    assert found.verdict is verdict
    assert found.lost is Sides.SOURCE


@pytest.mark.parametrize(("name", "verdict"), [("a", Verdict.ACCEPTED), ("b", Verdict.MISSING)])
def test_what_answers_to_head_only_is_accepted_after_a_read(
    source: ObjectServer, destination: ObjectServer, name: str, verdict: Verdict
) -> None:
    there = Lossy()
    del there.objects["c", name]
    source.script, destination.script = Lossy(broken=name), there
    found = examine(source, destination, name)
    assert found.verdict is verdict
    if verdict is Verdict.ACCEPTED:
        assert "breaks off after 2 bytes each time" in found.what[0]


def test_what_can_be_read_is_not_accepted_as_unreadable(
    source: ObjectServer, destination: ObjectServer
) -> None:
    there = Lossy()
    del there.objects["c", "a"]
    source.script, destination.script = Lossy(), there
    assert examine(source, destination, "a").verdict is Verdict.MISSING


def test_what_was_written_since_and_is_lost_has_not_expired(
    source: ObjectServer, destination: ObjectServer
) -> None:
    source.script, destination.script = Lossy(lost="b"), Lossy(lost="b")
    aside = PostCutoverChanges(Moments(old="2026-02-01T09:00:00", new="2026-02-01T10:00:00"))
    old = examine(source, destination, "b", aside=aside, expired=True)
    assert old.verdict is Verdict.EXPIRED
    new = examine(source, destination, "b", aside=aside, expired=True, late=Sides.DESTINATION)
    assert (new.verdict, new.what) == (Verdict.UNREADABLE, (WRITTEN_AND_LOST,))
