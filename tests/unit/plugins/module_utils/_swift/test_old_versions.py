# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Old versions counted over all pages of a listing."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, urlsplit

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.old_versions import (
    DELETED,
    count_old_versions,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.http_messages import (
    MAX_BODY,
)

from tests.unit.plugins.module_utils.fakes.object_server import Answer, Asked, ObjectServer

ROWS = [
    {"name": "a", "version_id": "2", "is_latest": True, "content_type": "x"},
    {"name": "a", "version_id": "1", "is_latest": False, "content_type": "x"},
    {"name": "ü b", "version_id": "5", "is_latest": True, "content_type": DELETED},
    {"name": "ü b", "version_id": "4", "is_latest": False, "content_type": DELETED},
    {"name": "ü b", "version_id": "3", "is_latest": False, "content_type": "x"},
]


def test_those_that_are_not_the_latest_are_counted_over_all_pages(source: ObjectServer) -> None:
    def page(asked: Asked) -> Answer:
        query = parse_qs(urlsplit(asked.path).query, keep_blank_values=True)
        assert "versions" in query
        last = (query.get("marker", [""])[0], query.get("version_marker", [""])[0])
        keys = [(row["name"], row["version_id"]) for row in ROWS]
        first = keys.index(last) + 1 if last != ("", "") else 0
        return Answer(200, body=json.dumps(ROWS[first : first + 2]).encode())

    source.script = page
    assert count_old_versions(source.container()) == 2
    assert len(source.asked) == 4


def test_pages_of_long_names_are_asked_for_in_parts(source: ObjectServer) -> None:
    """A page of such names may be longer than what is held in memory."""

    def page(asked: Asked) -> Answer:
        query = parse_qs(urlsplit(asked.path).query)
        if "marker" in query:
            return Answer(200, body=b"[]")
        long = b"" if query.get("limit") == ["1000"] else b" " * MAX_BODY
        return Answer(200, body=json.dumps(ROWS).encode() + long)

    source.script = page
    assert count_old_versions(source.container()) == 2


def test_a_listing_that_does_not_go_on_is_an_error(source: ObjectServer) -> None:
    source.script = lambda _asked: Answer(200, body=json.dumps(ROWS[:2]).encode())
    with pytest.raises(MigrationError, match="are not listed in order"):
        count_old_versions(source.container())
