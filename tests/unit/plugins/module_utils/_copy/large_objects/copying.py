# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What the tests of large objects share: limits, bytes, and what copies one object."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

from ansible_collections.fnndsc.swift_migration.plugins.module_utils._copy.large_objects import (
    LargeObjects,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._copy.transfer import Transfer
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.delete_policy import (
    SegmentDeletes,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.journal import (
    Journal,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.outcome import (
    Outcome,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.plan import (
    ChangeDetection,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.manifest_reach import (
    ManifestReach,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._sync.replication import (
    as_planned,
)

from tests.unit.plugins.module_utils.fakes.object_server import Answer, Asked, ObjectServer
from tests.unit.plugins.module_utils.fakes.object_store import ObjectStore

LIMIT = 1000
RED = {"x-object-meta-colour": "red"}
OLD, NEW = b"a" * 2500, b"b" * 2500
INFO: dict[str, Any] = {
    "swift": {"max_file_size": LIMIT, "max_object_name_length": 1024},
    "slo": {"max_manifest_segments": 10},
}
CEPH: dict[str, Any] = {
    "swift": {"max_file_size": LIMIT, "max_object_name_size": 1024},
    "slo": {"max_manifest_segments": 10},
}

Copy = Callable[[], Outcome]


def large_objects(
    source: ObjectServer,
    destination: ObjectServer,
    tmp_path: Path,
    *,
    prune: bool = False,
    most_deletes: int = 100,
    in_segments: Collection[str] = (),
    reach: ManifestReach | None = None,
) -> LargeObjects:
    transfer = Transfer(
        source.container(reach=reach),
        destination.container(label="destination"),
        metadata=destination.profile().metadata,
    )
    journal = Journal(str(tmp_path), ("a", "b"))
    return LargeObjects(
        transfer,
        journal,
        ChangeDetection().decide,
        deletes=SegmentDeletes(prune=prune, may_delete=as_planned, most=lambda: most_deletes),
        on_segment=lambda _size: None,
        on_deleted=lambda: None,
        in_segments=in_segments,
    )


def change_before(
    source: ObjectServer,
    here: ObjectStore,
    asked_for: Callable[[Asked], bool],
    change: Callable[[], object],
) -> None:
    """Let something change at the source just before it answers such a request."""

    def script(asked: Asked) -> Answer:
        if asked_for(asked):
            change()
        return here(asked)

    source.script = script


def second_range(asked: Asked) -> bool:
    """Whether a request is for the second segment of an object of more than two."""
    return asked.headers.get("range") == f"bytes={LIMIT}-{2 * LIMIT - 1}"


def bytes_at(there: ObjectStore) -> bytes:
    """What a reader gets; the manifest must name whole segments."""
    return there.objects["c", "o"]


def shown_with(etag: str, there: ObjectStore) -> Callable[[Asked], Answer]:
    """A destination that answers a HEAD of "o" with an ETag that is not the one of its bytes."""

    def script(asked: Asked) -> Answer:
        answer = there(asked)
        if asked.method == "HEAD" and asked.path.endswith("/c/o") and answer.status == 200:
            answer.headers["ETag"] = etag
        return answer

    return script
