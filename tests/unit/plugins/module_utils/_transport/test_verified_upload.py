# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Whether the body of a GET is what was promised, and what is said if it is not."""

from __future__ import annotations

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.http_messages import (
    Request,
    TransportError,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.retry import (
    DAMAGED_ATTEMPTS,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.verified_upload import (
    BrokenUploadError,
    DamagedBytesError,
    Upload,
    UploadBreaksError,
    too_long,
    verify,
)

URL = "http://old/v1/AUTH_x/c/o"
GET = Request("GET", f"{URL}?multipart-manifest=get")
PUT = Request("PUT", "http://new/v1/AUTH_x/c/o")


@pytest.mark.parametrize("promised", ["right", None])
def test_what_was_promised_is_taken(promised: str | None) -> None:
    verify(GET, Upload(PUT, 5, promised), 5, "right")


@pytest.mark.parametrize("promised", ["right", None])
@pytest.mark.parametrize("came", [0, 4, 6])
def test_another_length_is_damage(came: int, promised: str | None) -> None:
    with pytest.raises(DamagedBytesError) as caught:
        verify(GET, Upload(PUT, 5, promised), came, "right")
    assert str(caught.value) == f"{URL}: {came} bytes came where 5 were announced."


def test_another_md5_is_damage_that_nobody_copies() -> None:
    with pytest.raises(DamagedBytesError) as caught:
        verify(GET, Upload(PUT, 5, "promised"), 5, "read")
    assert str(caught.value) == (
        f"{URL}: the bytes read have the MD5 read, the source's ETag is promised. "
        "The object is damaged at the source; it was not copied."
    )


def test_bytes_that_do_not_end_are_damage() -> None:
    error = too_long(GET, Upload(PUT, 5, None))
    assert str(error) == f"{URL}: more bytes came than the 5 that were announced."
    assert error.retryable
    assert error.attempts == DAMAGED_ATTEMPTS


@pytest.mark.parametrize("retryable", [True, False])
def test_an_upload_that_breaks_is_what_the_transport_said_of_it(retryable: bool) -> None:
    cause = TransportError("the connection broke", retryable=retryable, unanswered="http://new")
    broken = BrokenUploadError(cause, 1000)
    assert (broken.message, broken.sent) == ("the connection broke", 1000)
    assert (broken.retryable, broken.unanswered) == (retryable, "http://new")


def test_breaks_are_told_with_their_number_and_the_last_one() -> None:
    breaks = [
        BrokenUploadError(TransportError(message), sent)
        for message, sent in (("one", 1), ("reset by peer", 1234567))
    ]
    assert str(UploadBreaksError("'o'", breaks)) == (
        "the connection to the destination broke 2 times while 'o' was sent, "
        "at last after 1,234,567 bytes: reset by peer."
    )
