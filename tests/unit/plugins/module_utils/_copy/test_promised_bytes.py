# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""How many bytes an answer promises, and what their MD5 is."""

from __future__ import annotations

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._copy.promised_bytes import (
    LengthUnknownError,
    PromisedBytes,
    promised_bytes,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.listing import (
    ListedObject,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.object_reading import (
    Digest,
)

from tests.unit.plugins.module_utils.fakes.responses import response

ETAG, OTHER = "0" * 31 + "a", "0" * 31 + "b"
IN_PARTS = f"{OTHER}-2"


def entry(etag: str = ETAG) -> ListedObject:
    return ListedObject("o", 7, etag, "text/plain", "2026-01-01T00:00:00.000000")


def test_the_answer_counts_before_the_listing() -> None:
    assert promised_bytes(response(etag=ETAG, content_length="5"), entry()) == PromisedBytes(
        5, ETAG
    )


def test_an_md5_in_capitals_is_one() -> None:
    got = response(etag=ETAG.upper(), content_length="5")
    assert promised_bytes(got, entry()) == PromisedBytes(5, ETAG)


def test_the_listing_tells_the_length_of_the_same_version_only() -> None:
    assert promised_bytes(response(etag=ETAG), entry()) == PromisedBytes(7, ETAG)
    with pytest.raises(LengthUnknownError, match="no content-length for 'o'"):
        promised_bytes(response(etag=ETAG), entry(OTHER))


@pytest.mark.parametrize("large", [{}, {"x_static_large_object": "True"}])
def test_what_has_no_md5_is_read_first_and_counts_for_the_version_that_was_read(
    large: dict[str, str],
) -> None:
    etag = {"etag": ETAG if large else IN_PARTS}
    got = response(x_timestamp="1.0", **etag, **large)
    assert promised_bytes(got, entry()) is None
    assert promised_bytes(got, entry(), Digest(got, 9, OTHER)) == PromisedBytes(9, OTHER)
    later = Digest(response(x_timestamp="2.0", **etag, **large), 9, OTHER)
    assert promised_bytes(got, entry(), later) is None


def test_an_answer_without_an_etag_promises_nothing() -> None:
    with pytest.raises(MigrationError, match="sent no etag"):
        promised_bytes(response(content_length="5"), entry())
