# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A PUT that breaks in mid-body, try after try, cannot go on: what is done instead, or said."""

from __future__ import annotations

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._copy import (
    object_copy,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._copy.transfer import Transfer
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.outcome import Kind
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.verified_upload import (
    UPLOAD_BREAKS,
    BrokenUploadError,
    UploadBreaksError,
)

from tests.unit.plugins.module_utils._copy.transfer.copying import LARGE_BODY, entry
from tests.unit.plugins.module_utils.fakes.object_server import Answer, ObjectServer, content

ATTEMPTS = UPLOAD_BREAKS + 2


@pytest.fixture(autouse=True)
def breaking(
    source: ObjectServer, destination: ObjectServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A destination whose connection breaks after half of what is copied."""
    monkeypatch.setattr(object_copy, "IN_SEGMENTS", len(LARGE_BODY))
    source.script = lambda _asked: content(LARGE_BODY)
    destination.script = lambda _asked: Answer(201)
    destination.break_after = len(LARGE_BODY) // 2


def transfer(source: ObjectServer, destination: ObjectServer) -> Transfer:
    return Transfer(source.container(attempts=ATTEMPTS), destination.container())


def test_a_large_enough_object_is_put_off_to_be_copied_in_segments(
    source: ObjectServer, destination: ObjectServer
) -> None:
    outcome = transfer(source, destination).copy(entry(LARGE_BODY))
    assert outcome.kind is Kind.LARGE
    assert f"broke {UPLOAD_BREAKS} times while 'o' was sent" in outcome.reason
    assert len(source.named("GET")) == UPLOAD_BREAKS


def test_what_is_to_be_copied_as_bytes_is_an_error_of_its_own(
    source: ObjectServer, destination: ObjectServer
) -> None:
    with pytest.raises(UploadBreaksError, match=f"PUT {destination.url}/v1/AUTH_x/c/o failed"):
        transfer(source, destination).copy_bytes(entry(LARGE_BODY))


def test_breaks_that_end_are_forgotten(source: ObjectServer, destination: ObjectServer) -> None:
    breaks = UPLOAD_BREAKS - 1

    def script(_asked: object) -> Answer:
        if len(source.named("GET")) > breaks:
            destination.break_after = None
        return content(LARGE_BODY)

    source.script = script
    assert transfer(source, destination).copy(entry(LARGE_BODY)).kind is Kind.COPIED
    assert len(source.named("GET")) == breaks + 1


@pytest.mark.parametrize(
    ("least", "info", "why"),
    [
        (len(LARGE_BODY) + 1, {}, "only objects of 2 MiB or more are copied in segments"),
        (len(LARGE_BODY), {"swift": {}}, "the destination takes no static large objects"),
    ],
    ids=["small", "no segments"],
)
def test_why_an_object_is_not_copied_in_segments_is_told(
    source: ObjectServer,
    destination: ObjectServer,
    monkeypatch: pytest.MonkeyPatch,
    least: int,
    info: dict[str, object],
    why: str,
) -> None:
    monkeypatch.setattr(object_copy, "IN_SEGMENTS", least)
    destination.info = info
    with pytest.raises(BrokenUploadError) as caught:
        transfer(source, destination).copy(entry(LARGE_BODY))
    assert "A PUT cannot go on where it broke" in str(caught.value)
    assert why in str(caught.value)
    assert len(source.named("GET")) == ATTEMPTS
