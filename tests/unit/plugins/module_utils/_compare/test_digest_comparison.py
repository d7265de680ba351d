# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What two sides gave of one object, compared without a request."""

from __future__ import annotations

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._compare.digest_comparison import (
    announced,
    compare,
    is_damaged,
    is_undecided,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._compare.finding import (
    Finding,
    Sides,
    Verdict,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.listing_pair import (
    Both,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.listing import (
    ListedObject,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.object_reading import (
    Digest,
)

from tests.unit.plugins.module_utils.fakes.responses import response

ETAG = "0" * 31 + "1"
OTHER = "0" * 31 + "2"
UNLISTED = Both(None, None)


def given(size: int = 3, etag: str = ETAG, **headers: str) -> Digest:
    """An object whose bytes are what its ETag says."""
    return Digest(response(etag=etag, content_length=str(size), **headers), size, etag)


NONE = Digest(response(404), 0, "")


@pytest.mark.parametrize(
    ("source", "destination", "verdict", "what"),
    [
        (NONE, NONE, Verdict.GONE, ()),
        (given(), NONE, Verdict.MISSING, ()),
        (NONE, given(), Verdict.EXTRA, ()),
        (given(), given(), Verdict.MATCH, ()),
        (given(), given(size=4), Verdict.DIFFER, ("bytes",)),
        (given(), given(etag=OTHER), Verdict.DIFFER, ("hash",)),
        (given(x_object_meta_b="1"), given(x_object_meta_a="1"), Verdict.DIFFER, None),
    ],
)
def test_the_verdict_names_what_differs(
    source: Digest, destination: Digest, verdict: Verdict, what: tuple[str, ...] | None
) -> None:
    found = compare("o", source, destination, UNLISTED)
    assert (found.verdict, found.name) == (verdict, "o")
    expected = ("x-object-meta-a", "x-object-meta-b") if what is None else what
    assert found.what == expected


def test_an_older_version_than_the_listing_shows_is_noted_with_its_side() -> None:
    entry = ListedObject("o", 3, ETAG, "", "1970-01-01T00:00:20.000000")
    old = given(last_modified="Thu, 01 Jan 1970 00:00:10 GMT", x_timestamp="10.00000")
    assert compare("o", old, given(), Both(entry, None)).older is Sides.SOURCE
    assert compare("o", given(), old, Both(None, entry)).older is Sides.DESTINATION
    assert compare("o", old, old, UNLISTED).older is Sides.NEITHER


def test_what_an_answer_announces_has_no_quotes() -> None:
    head = response(etag=f'"{ETAG}"', content_length="7")
    assert announced(head) == Digest(head, 7, ETAG)


def test_etags_that_need_not_be_an_md5_decide_nothing() -> None:
    differ = Finding(Verdict.DIFFER, "o", ("hash",))
    plain, in_parts = response(etag=ETAG), response(etag=f"{ETAG}-2")
    assert is_undecided(differ, plain, in_parts)
    assert is_undecided(differ, plain, response(etag=ETAG, x_static_large_object="True"))
    assert not is_undecided(differ, plain, plain)
    assert not is_undecided(Finding(Verdict.DIFFER, "o", ("bytes",)), plain, in_parts)


def test_only_a_plain_object_that_was_read_can_be_damaged() -> None:
    read = Digest(response(etag=ETAG), 3, OTHER)
    assert is_damaged(read)
    assert not is_damaged(given())
    assert not is_damaged(read._replace(response=response(404, etag=ETAG)))
    assert not is_damaged(read._replace(response=response(etag=f"{ETAG}-2")))
    assert not is_damaged(read._replace(response=response(etag=ETAG, x_static_large_object="True")))
