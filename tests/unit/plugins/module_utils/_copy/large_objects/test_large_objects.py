# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Which way an object goes, what is refused before a byte is sent, and what comes later."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._copy.large_objects import (
    LargeObjects,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.journal import (
    Dynamic,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.outcome import (
    Kind,
    Outcome,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.listing import (
    ListedObject,
)

from tests.unit.plugins.module_utils._copy.large_objects.copying import (
    INFO,
    LIMIT,
    OLD,
    Copy,
    large_objects,
)
from tests.unit.plugins.module_utils.fakes.object_server import Answer, Asked, ObjectServer
from tests.unit.plugins.module_utils.fakes.object_store import ObjectStore

DYNAMIC = Dynamic("o", "c_segments", "d/")


@pytest.mark.parametrize(("size", "is_cut"), [(LIMIT, False), (LIMIT + 1, True)])
def test_a_plain_object_is_cut_only_if_the_destination_wants_that(
    here: ObjectStore, there: ObjectStore, copy: Copy, size: int, is_cut: bool
) -> None:
    here.put("o", b"x" * size)
    assert copy() == Outcome(Kind.COPIED, "o", size)
    assert (("c", "o") in there.manifests) is is_cut


@pytest.mark.parametrize(
    ("info", "message"),
    [
        ({"max_meta_name_length": 5}, "the name of its metadata 'colour' has 6 bytes"),
        ({"max_object_name_length": 1}, "the name of 'oo' has 2 bytes"),
    ],
)
def test_metadata_or_a_name_beyond_the_limits_is_named_before_a_byte_is_sent(
    source: ObjectServer,
    destination: ObjectServer,
    here: ObjectStore,
    there: ObjectStore,
    tmp_path: Path,
    info: dict[str, int],
    message: str,
) -> None:
    destination.info = {**INFO, "swift": {**INFO["swift"], **info}}
    here.put("oo", OLD, **{"x-object-meta-colour": "red"})
    with pytest.raises(MigrationError, match=message):
        large_objects(source, destination, tmp_path).copy(ListedObject("oo", 0, "", "", ""))
    assert there.puts == []


class TestComplete:
    """The segments that a dynamic large object gets after it was copied."""

    @pytest.fixture
    def large(
        self, source: ObjectServer, destination: ObjectServer, here: ObjectStore, tmp_path: Path
    ) -> LargeObjects:
        here.put("d/1", b"1", "c_segments")
        return large_objects(source, destination, tmp_path)

    def test_are_copied_alone(
        self, here: ObjectStore, there: ObjectStore, large: LargeObjects
    ) -> None:
        assert large.complete(DYNAMIC) == Outcome(Kind.COPIED, "o")
        assert large.complete(DYNAMIC) == Outcome(Kind.KEPT, "o")
        here.put("d/2", b"2", "c_segments")
        assert large.complete(DYNAMIC) == Outcome(Kind.COPIED, "o")
        assert there.puts == ["c_segments/d/1", "c_segments/d/2"]

    @pytest.mark.usefixtures("there")
    def test_that_cannot_be_read_make_it_unreadable(
        self, source: ObjectServer, here: ObjectStore, large: LargeObjects
    ) -> None:
        def script(asked: Asked) -> Answer:
            return Answer(404) if asked.path.partition("?")[0].endswith("/d/1") else here(asked)

        source.script = script
        outcome = large.complete(DYNAMIC)
        assert (outcome.kind, outcome.name) == (Kind.UNREADABLE, "o")
        assert outcome.reason.startswith("segment 'd/1' of the dynamic large object 'o': ")
