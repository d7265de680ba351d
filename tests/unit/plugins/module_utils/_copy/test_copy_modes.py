# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What is copied of an object in each of the two modes."""

from __future__ import annotations

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._copy.copy_modes import (
    AS_MANIFEST,
    AllBytes,
    PlainObjects,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._copy.promised_bytes import (
    PromisedBytes,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.outcome import (
    Kind,
    Outcome,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.listing import (
    ListedObject,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.range_checksums import (
    ChecksummedRange,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.http_messages import (
    Response,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.verified_upload import (
    DamagedBytesError,
)

from tests.unit.plugins.module_utils.fakes.object_server import Answer, ObjectServer
from tests.unit.plugins.module_utils.fakes.object_store import md5
from tests.unit.plugins.module_utils.fakes.responses import response

BODY = b"abcdef"
IN_PARTS = '"1234-2"'
LISTED = ListedObject("o", len(BODY), md5(BODY), "text/plain", "2026-01-01T00:00:00.000000")
CEPH = {"swift": {"max_file_size": 10, "max_object_name_size": 1024}}


def head(etag: str = md5(BODY), length: int = len(BODY), **headers: str) -> Response:
    return response(ETag=etag, Content_Length=str(length), **headers)


def test_plain_objects_are_asked_for_as_manifests(source: ObjectServer) -> None:
    mode = PlainObjects(source.container())
    assert mode.query == AS_MANIFEST
    assert mode.promised(head(), LISTED) == PromisedBytes(len(BODY), md5(BODY))
    assert not mode.skips(head())
    assert mode.without_md5("o", "o") == Outcome(Kind.LARGE, "o")
    assert source.asked == []


def test_large_objects_are_none_of_them(source: ObjectServer) -> None:
    mode = PlainObjects(source.container())
    assert mode.skips(head(X_Static_Large_Object="True"))
    assert mode.skips(head(X_Object_Manifest="c/p"))
    assert mode.promised(head(etag=IN_PARTS), LISTED) is None


@pytest.mark.parametrize(
    ("ceph", "length", "plain"), [(True, 0, False), (True, 1, True), (False, 0, True)]
)
def test_an_empty_object_of_a_ceph_may_be_a_large_one(
    source: ObjectServer, ceph: bool, length: int, plain: bool
) -> None:
    source.info = CEPH if ceph else {"swift": {"version": "2.30.0"}}
    promised = PlainObjects(source.container()).promised(head(length=length), LISTED)
    assert (promised is not None) is plain


def test_all_bytes_are_asked_for_whatever_the_object_is(
    source: ObjectServer, destination: ObjectServer
) -> None:
    mode = AllBytes(source.container(), destination.container(), ())
    assert mode.query == ""
    assert not mode.skips(head(X_Static_Large_Object="True"))
    assert mode.promised(head(), LISTED) == PromisedBytes(len(BODY), md5(BODY))
    assert mode.promised(head(etag=IN_PARTS), LISTED) is None


def test_a_first_reading_tells_the_md5_of_the_same_version_only(
    source: ObjectServer, destination: ObjectServer
) -> None:
    source.script = lambda _asked: Answer(200, {"ETag": IN_PARTS, "X-Timestamp": "1.0"}, BODY)
    mode = AllBytes(source.container(), destination.container(), ())
    assert mode.without_md5("o", "o") is None
    same = head(etag=IN_PARTS, X_Timestamp="1.0")
    assert mode.promised(same, LISTED) == PromisedBytes(len(BODY), md5(BODY))
    assert mode.promised(head(etag=IN_PARTS, X_Timestamp="2.0"), LISTED) is None


@pytest.mark.parametrize(
    ("headers", "kept"),
    [
        ({}, True),
        ({"ETag": "0" * 32}, False),
        ({"X-Object-Meta-Colour": "red"}, False),
        ({"X-Static-Large-Object": "True"}, False),
    ],
)
def test_what_the_destination_has_of_it_is_kept(
    source: ObjectServer, destination: ObjectServer, headers: dict[str, str], kept: bool
) -> None:
    source.script = lambda _asked: Answer(200, {"ETag": IN_PARTS}, BODY)
    destination.script = lambda _asked: Answer(200, {"ETag": md5(BODY), **headers})
    mode = AllBytes(source.container(), destination.container(), ())
    expected = Outcome(Kind.KEPT, "o") if kept else None
    assert mode.without_md5("o", "target") == expected
    assert [asked.path for asked in destination.asked] == ["/v1/AUTH_x/c/target"]


@pytest.mark.parametrize("part", [BODY, b"other!"])
def test_bytes_that_are_not_those_of_the_known_parts_are_damaged(
    source: ObjectServer, destination: ObjectServer, part: bytes
) -> None:
    source.script = lambda _asked: Answer(200, {"ETag": IN_PARTS}, BODY)
    parts = [ChecksummedRange(len(part), md5(part))]
    mode = AllBytes(source.container(), destination.container(), parts)
    if part == BODY:
        assert mode.without_md5("o", "o") is None
    else:
        with pytest.raises(DamagedBytesError, match="'o' is damaged at the source"):
            mode.without_md5("o", "o")
