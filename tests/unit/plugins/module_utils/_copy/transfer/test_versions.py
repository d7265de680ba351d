# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A disk that has gone back to an earlier version, and a destination that tells other bytes."""

from __future__ import annotations

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._copy.transfer import Transfer
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.outcome import Kind
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.listing import (
    ListedObject,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.verified_upload import (
    DamagedBytesError,
)

from tests.unit.plugins.module_utils._copy.transfer.copying import (
    BODIES,
    LARGE_BODY,
    SMALL_BODY,
    stored,
)
from tests.unit.plugins.module_utils.fakes.object_server import (
    Answer,
    Asked,
    ObjectServer,
    content,
)

SHOWN, LISTED = "2026-01-01T00:00:00.000000", "1767225600.00000"
"""When the listing says that the object was changed, and the same as a header has it."""

BEFORE, LATER = "1767225599.99000", "1767225600.50000"


def entry(body: bytes) -> ListedObject:
    return ListedObject("o", len(body), "h", "application/dicom", SHOWN)


@pytest.fixture
def copier(source: ObjectServer, destination: ObjectServer) -> Transfer:
    return Transfer(source.container(), destination.container())


@BODIES
def test_an_older_version_than_the_one_listed_is_unreadable_and_not_put(
    source: ObjectServer, destination: ObjectServer, copier: Transfer, body: bytes
) -> None:
    source.script = lambda _asked: content(body, **{"X-Timestamp": BEFORE})
    destination.script = lambda _asked: Answer(201)
    for outcome in (copier.copy(entry(body)), copier.predict(entry(body), None)):
        assert outcome.kind is Kind.UNREADABLE
        assert f"gives an older version with the X-Timestamp {BEFORE}" in outcome.reason
    assert stored(destination) == []


@pytest.mark.parametrize("moment", [LISTED, LATER, "", "yesterday"])
def test_the_version_that_is_listed_is_copied_and_so_is_a_later_one(
    source: ObjectServer, destination: ObjectServer, copier: Transfer, moment: str
) -> None:
    source.script = lambda _asked: content(SMALL_BODY, **{"X-Timestamp": moment})
    destination.script = lambda _asked: Answer(201)
    assert copier.copy(entry(SMALL_BODY)).kind is Kind.COPIED


def test_another_replica_may_have_the_version_that_is_listed(
    source: ObjectServer, destination: ObjectServer, copier: Transfer
) -> None:
    moments = [BEFORE, LISTED]
    source.script = lambda _asked: content(SMALL_BODY, **{"X-Timestamp": moments.pop(0)})
    destination.script = lambda _asked: Answer(201)
    assert copier.copy(entry(SMALL_BODY)).kind is Kind.COPIED


@pytest.mark.parametrize("header", ["X-Symlink-Target", "Content-Location"])
def test_a_symlink_is_as_old_as_its_target(
    source: ObjectServer, destination: ObjectServer, copier: Transfer, header: str
) -> None:
    headers = {"X-Timestamp": BEFORE, header: "c/target"}
    source.script = lambda _asked: content(SMALL_BODY, **headers)
    destination.script = lambda _asked: Answer(201)
    assert copier.copy(entry(SMALL_BODY)).kind is Kind.COPIED


def test_metadata_that_has_gone_back_is_no_kept_copy(
    source: ObjectServer, destination: ObjectServer, copier: Transfer
) -> None:
    source.script = lambda _asked: content(SMALL_BODY, **{"X-Timestamp": BEFORE})
    destination.script = lambda _asked: content(SMALL_BODY)
    assert copier.refresh(entry(SMALL_BODY)).kind is Kind.UNREADABLE


@pytest.mark.parametrize("body", [SMALL_BODY, LARGE_BODY], ids=["small", "large"])
def test_a_destination_that_tells_another_md5_than_was_sent_has_not_got_it(
    source: ObjectServer, destination: ObjectServer, copier: Transfer, body: bytes
) -> None:
    source.script = lambda _asked: content(body)
    destination.script = lambda _asked: Answer(201, {"ETag": "0" * 32})
    with pytest.raises(DamagedBytesError, match=r"'o' arrived with the ETag 0{32}, not "):
        copier.copy(entry(body))


@pytest.mark.parametrize("quoted", [False, True])
def test_a_destination_may_tell_the_md5_in_its_own_way_or_not_at_all(
    source: ObjectServer, destination: ObjectServer, copier: Transfer, quoted: bool
) -> None:
    source.script = lambda _asked: content(SMALL_BODY)

    def told(asked: Asked) -> Answer:
        md5 = asked.headers["etag"].upper()
        return Answer(201, {"ETag": f'"{md5}"' if quoted else "W/1"})

    destination.script = told
    assert copier.copy(entry(SMALL_BODY)).kind is Kind.COPIED
