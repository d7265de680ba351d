# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A large object of which the source has lost a segment."""

from __future__ import annotations

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.outcome import Kind

from tests.unit.plugins.module_utils._copy.large_objects.copying import Copy
from tests.unit.plugins.module_utils.fakes.object_server import Answer, Asked, ObjectServer
from tests.unit.plugins.module_utils.fakes.object_store import ObjectStore


@pytest.fixture(params=["static", "dynamic"])
def damaged(
    request: pytest.FixtureRequest, source: ObjectServer, here: ObjectStore
) -> ObjectServer:
    """A source that lists a segment and does not give it."""
    lines: list[dict[str, object]] = [
        {
            "path": f"/c_segments/d/{number}",
            "etag": here.put(f"d/{number}", bytes([65 + number]) * 100, "c_segments"),
        }
        for number in range(3)
    ]
    if request.param == "static":
        here.put_manifest("o", lines)
    else:
        here.put("o", b"", **{"x-object-manifest": "c_segments/d/"})

    def script(asked: Asked) -> Answer:
        lost = asked.path.partition("?")[0].endswith("/c_segments/d/1")
        return Answer(404) if lost else here(asked)

    source.script = script
    return source


def test_it_is_unreadable_with_the_name_of_the_segment_and_not_shown_at_the_destination(
    damaged: ObjectServer, there: ObjectStore, copy: Copy
) -> None:
    outcome = copy()
    assert outcome.kind is Kind.UNREADABLE
    assert outcome.name == "o"
    assert "d/1' of" in outcome.reason
    assert "lists it, but answers 404" in outcome.reason
    assert ("c", "o") not in there.objects
