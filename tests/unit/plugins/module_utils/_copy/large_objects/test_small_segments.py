# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A plain object whose PUT breaks again and again goes in small segments."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._copy import (
    object_copy,
    piece_copy,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration import (
    segment_layout,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.outcome import Kind
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.listing import (
    ListedObject,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.relay import SMALL

from tests.unit.plugins.module_utils._copy.large_objects.copying import (
    INFO,
    bytes_at,
    large_objects,
)
from tests.unit.plugins.module_utils.fakes.object_server import ObjectServer
from tests.unit.plugins.module_utils.fakes.object_store import ObjectStore

BREAK = SMALL + 500_000
SIZE = 3 * SMALL
BODY = bytes(number % 251 for number in range(SIZE))


@pytest.fixture(autouse=True)
def breaking(
    destination: ObjectServer, there: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A destination whose connections last for a small segment only."""
    assert there.puts == []
    for module in (object_copy, piece_copy):
        monkeypatch.setattr(module, "UPLOAD_BREAKS", 2)
    monkeypatch.setattr(object_copy, "IN_SEGMENTS", SIZE)
    for module in (segment_layout, piece_copy):
        monkeypatch.setattr(module, "SMALL_SEGMENT", SMALL)
    destination.info = {**INFO, "swift": {**INFO["swift"], "max_file_size": 10 * SMALL}}
    destination.break_after = BREAK


@pytest.mark.parametrize("known", [True, False], ids=["known", "met"])
def test_it_becomes_a_large_object_of_small_segments(
    source: ObjectServer,
    destination: ObjectServer,
    here: ObjectStore,
    there: ObjectStore,
    tmp_path: Path,
    known: bool,
) -> None:
    etag = here.put("o", BODY)
    names = {"o"} if known else set()
    large = large_objects(source, destination, tmp_path, in_segments=names)
    assert large.copy(ListedObject("o", SIZE, "", "", "")).kind is Kind.COPIED
    prefix = f"c_segments/.swift_migration/o/{etag}/{SIZE}/{SMALL}/"
    assert there.puts == [*(f"{prefix}{number:08}" for number in range(3)), "c/o"]
    assert bytes_at(there) == BODY
    whole = [asked for asked in source.named("GET") if "range" not in asked.headers]
    assert len(whole) == (0 if known else 2)


def test_one_over_the_limit_whose_segments_break_goes_in_small_ones(
    source: ObjectServer,
    destination: ObjectServer,
    here: ObjectStore,
    there: ObjectStore,
    tmp_path: Path,
) -> None:
    destination.info = {**INFO, "swift": {**INFO["swift"], "max_file_size": 2 * SMALL}}
    here.put("o", BODY)
    assert (
        large_objects(source, destination, tmp_path).copy(ListedObject("o", SIZE, "", "", "")).kind
        is Kind.COPIED
    )
    assert bytes_at(there) == BODY
    assert [put.endswith(f"/{SMALL}/0000000{number}") for number, put in enumerate(there.puts[:3])]


def test_a_segment_of_the_application_that_breaks_is_an_error_by_name(
    source: ObjectServer,
    destination: ObjectServer,
    here: ObjectStore,
    there: ObjectStore,
    tmp_path: Path,
) -> None:
    here.put("d/1", BODY, "c_segments")
    here.put("o", b"", **{"x-object-manifest": "c_segments/d/"})
    expected = "segment 'd/1' of the dynamic large object 'o': the connection to the destination"
    with pytest.raises(MigrationError, match=expected):
        large_objects(source, destination, tmp_path).copy(ListedObject("o", 0, "", "", ""))
    assert there.puts == []
