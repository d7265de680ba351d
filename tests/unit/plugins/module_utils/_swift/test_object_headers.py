# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Which headers belong to an object, and what they tell of it."""

from __future__ import annotations

import time

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.object_headers import (
    CARRIED_HEADERS,
    CLOCKS,
    carried_headers,
    expired,
    is_large,
    length_of,
    pointed_at,
    same_object,
    unchanged,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.header import (
    HeaderError,
)

from tests.unit.plugins.module_utils.fakes.responses import response

ETAG = {"ETag": "e"}
STATIC = {"X-Static-Large-Object": "True"}
DYNAMIC = {"X-Object-Manifest": "c_segments/d/"}
RED, BLUE = {"X-Object-Meta-Colour": "red"}, {"X-Object-Meta-Colour": "blue"}

Headers = dict[str, str]


def test_what_swift_stores_with_an_object_and_its_metadata_go_with_it() -> None:
    carried = dict.fromkeys(CARRIED_HEADERS, "1") | {"x-object-meta-colour": "red"}
    servers_own = {"date": "noon", "x-timestamp": "1.0", "x-trans-id": "tx1", "etag": "e"}
    invented = {"x-object-meta-static-large-object": "True"}
    assert carried_headers(response(**carried, **servers_own, **invented)) == carried


@pytest.mark.parametrize("value", ["soon", "-1", "9" * 400])
def test_the_time_of_deletion_is_a_number(value: str) -> None:
    with pytest.raises(HeaderError, match="x-delete-at"):
        carried_headers(response(X_Delete_At=value))


@pytest.mark.parametrize(
    ("headers", "large"),
    [
        ({}, False),
        (STATIC, True),
        ({"X-Static-Large-Object": "true"}, True),
        ({"X-Static-Large-Object": "False"}, False),
        (DYNAMIC, True),
        ({"X-Object-Manifest": ""}, True),
    ],
)
def test_a_large_object_is_told_from_a_plain_one(headers: Headers, large: bool) -> None:
    assert is_large(response(**headers)) is large


@pytest.mark.parametrize(
    ("pointer", "container", "prefix"),
    [
        ("c_segments/d/1", "c_segments", "d/1"),
        ("c%20d/a%2Fb%25", "c d", "a/b%"),
        ("c", "c", ""),
    ],
)
def test_the_segments_of_a_dynamic_one_are_where_its_unquoted_pointer_leads(
    pointer: str, container: str, prefix: str
) -> None:
    assert pointed_at(response(X_Object_Manifest=pointer)) == (container, prefix)


def test_an_answer_without_a_length_is_not_one_of_nothing() -> None:
    assert length_of(response(Content_Length="0")) == 0
    with pytest.raises(MigrationError, match="an answer of 206 has no content-length"):
        length_of(response(206))


@pytest.mark.parametrize(
    ("source", "destination", "same"),
    [
        (RED, RED, True),
        ({"X-Timestamp": "1.0"}, {"X-Timestamp": "2.0"}, True),
        ({}, {"ETag": '"e"'}, True),
        ({}, {"ETag": "f"}, False),
        (RED, BLUE, False),
        (RED, {}, False),
        ({}, STATIC, False),
        (STATIC, {}, False),
    ],
)
def test_two_objects_are_the_same_that_show_the_same_bytes_headers_and_kind(
    source: Headers, destination: Headers, same: bool
) -> None:
    assert same_object(response(**ETAG | source), response(**ETAG | destination)) is same


@pytest.mark.parametrize("statuses", [(200, 404), (404, 200), (404, 404), (206, 206)])
def test_what_was_not_found_is_never_the_same(statuses: tuple[int, int]) -> None:
    source, destination = (response(status, **ETAG) for status in statuses)
    assert not same_object(source, destination)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (RED, BLUE),
        ({}, {"ETag": "f"}),
        ({"X-Timestamp": "1.0"}, {"X-Timestamp": "1.5"}),
        (
            {"X-Timestamp": "1.0", "Last-Modified": "noon"},
            {"X-Timestamp": "1.5", "Last-Modified": "noon"},
        ),
        ({"Last-Modified": "noon"}, {"Last-Modified": "night"}),
        ({"X-Object-Manifest": "a/"}, {"X-Object-Manifest": "b/"}),
    ],
)
def test_an_object_is_unchanged_only_if_its_server_shows_the_same_again(
    before: Headers, after: Headers
) -> None:
    assert unchanged(response(**ETAG | before), response(**ETAG | before))
    assert not unchanged(response(**ETAG | before), response(**ETAG | after))


@pytest.mark.parametrize(("seconds", "come"), [(0, True), (1, False)])
def test_a_time_of_deletion_has_come_when_a_clock_ahead_would_say_so(
    monkeypatch: pytest.MonkeyPatch, seconds: int, come: bool
) -> None:
    monkeypatch.setattr(time, "time", lambda: 1000.0)
    assert expired(response(X_Delete_At=str(1000 + CLOCKS + seconds))) is come


@pytest.mark.parametrize(
    "headers", [{}, *({"X_Delete_At": value} for value in ("soon", "-1", "\u0667", "0" * 5000))]
)
def test_what_has_no_time_of_deletion_never_expires(headers: Headers) -> None:
    assert not expired(response(**headers))
