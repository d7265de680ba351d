# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Dynamic large objects."""

from __future__ import annotations

from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transfer import (
    Kind,
)

from tests.unit.plugins.module_utils.large_objects.copying import (
    Copy,
)
from tests.unit.plugins.module_utils.object_server import ObjectServer
from tests.unit.plugins.module_utils.object_store import ObjectStore


def test_a_segment_once_proved_equal_is_not_asked_for_again(
    source: ObjectServer, here: ObjectStore, there: ObjectStore, copy: Copy
) -> None:
    here.put("d/1", b"1", "c_segments")
    here.put("o", b"", **{"x-object-manifest": "c_segments/d/"})
    asked = []
    for kind in (Kind.COPIED, Kind.KEPT, Kind.KEPT):
        source.asked.clear()
        assert copy().kind is kind
        asked.append([one.method for one in source.asked if one.path.endswith("/d/1")])
    # The listings show the same time, which proves nothing.
    assert asked == [[], ["HEAD"], []]
    here.put("d/1", b"2", "c_segments")
    assert copy().kind is Kind.COPIED
    assert there.objects["c_segments", "d/1"] == b"2"
