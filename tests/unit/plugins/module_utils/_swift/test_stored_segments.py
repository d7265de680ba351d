# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The manifests of one object, as they are read for a comparison: how many a server may send.

What is found wrong with the segments is in ``_compare/test_segment_pair.py``.
"""

from __future__ import annotations

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift import stored_segments
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.stored_segments import (
    StoredSegments,
)

from tests.unit.plugins.module_utils.fakes.object_server import ObjectServer
from tests.unit.plugins.module_utils.fakes.object_store import ObjectStore

LEVELS, LINES = 5, 10


@pytest.fixture
def nested(source: ObjectServer) -> ObjectServer:
    """Manifests, each of which names ten times the one before it, and the first a plain object."""
    store = ObjectStore()
    etag = store.put("0", b"1")
    for level in range(1, LEVELS + 1):
        etag = store.put_manifest(str(level), [{"path": f"/c/{level - 1}", "etag": etag}] * LINES)
    source.script = store
    return source


@pytest.mark.security
@pytest.mark.parametrize("limit", [LEVELS * LINES, LEVELS * LINES - 1])
def test_manifests_within_each_other_have_a_limit_in_all(
    nested: ObjectServer, monkeypatch: pytest.MonkeyPatch, limit: int
) -> None:
    monkeypatch.setattr(stored_segments, "MAX_LINES", limit)
    segments = StoredSegments(nested.container())
    if limit < LEVELS * LINES:
        with pytest.raises(MigrationError, match=f"manifests of '5' have more than {limit} "):
            segments.manifest(str(LEVELS))
    else:
        assert len(segments.manifest(str(LEVELS)) or []) == LEVELS * LINES
    assert len(nested.asked) == LEVELS
