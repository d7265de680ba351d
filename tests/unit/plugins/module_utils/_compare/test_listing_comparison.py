# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What listings alone decide about one name."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._compare.finding import (
    Fingerprint,
    Verdict,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._compare.listing_comparison import (
    by_listing,
    listed,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.listing import (
    ListedObject,
)

MD5_OF_NOTHING = hashlib.md5(b"", usedforsecurity=False).hexdigest()


def entry(**changes: Any) -> ListedObject:
    values = {"size": 3, "hash": "h", "content_type": "text/plain", "last_modified": "2026"}
    return ListedObject("a", **{**values, **changes})


@pytest.mark.parametrize(
    ("source", "destination"),
    [
        (None, entry()),
        (entry(), None),
        (entry(), entry(hash="other")),
        (entry(), entry(size=4)),
        (entry(size=0), entry(size=0)),
        (entry(slo_etag="s"), entry(hash="m")),
        (entry(slo_etag="s"), entry(slo_etag="s")),
        (entry(hash=MD5_OF_NOTHING), entry(hash=MD5_OF_NOTHING)),
        (entry(), entry(content_type="x/y")),
        (entry(), entry(content_type="")),
    ],
)
def test_what_a_listing_does_not_decide_is_left_open(
    source: ListedObject | None, destination: ListedObject | None
) -> None:
    assert by_listing(source, destination) is None


def test_listings_that_agree_match_whatever_their_times() -> None:
    found = by_listing(entry(), entry(last_modified="2020"))
    assert found is not None
    assert found.verdict is Verdict.MATCH
    assert found.source == found.destination == (3, "h")


def test_a_content_type_that_servers_only_spell_differently_matches() -> None:
    swift = entry(content_type="text/plain;charset=utf-8")
    found = by_listing(swift, entry(content_type="text/plain; charset=utf-8"))
    assert found is not None
    assert found.verdict is Verdict.MATCH


def test_a_large_object_is_known_by_the_md5_of_its_segments() -> None:
    assert listed(entry(slo_etag="s")) == Fingerprint(3, "s")
    assert listed(entry()) == Fingerprint(3, "h")
