# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A container is emptied in few requests where the server can, and one by one elsewhere."""

from __future__ import annotations

import json

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift import bulk_delete
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.bulk_delete import (
    delete_objects,
)

from tests.unit.plugins.module_utils.fakes.object_server import Answer, Asked, ObjectServer

DONE = b'  {"Response Status": "200 OK", "Errors": []}'


def lists(server: ObjectServer, *names: str, answers: tuple[Answer, ...] = ()) -> None:
    """Let the container "c" list these names, and a POST get these answers, the last for ever."""
    left = list(answers or [Answer(200, body=DONE)])

    def script(asked: Asked) -> Answer:
        if asked.method == "GET":
            first = "marker=" not in asked.path
            rows = [
                {"name": name, "bytes": 1, "hash": "x", "last_modified": "2026-01-01T00:00:00"}
                for name in names
            ]
            return Answer(200, body=json.dumps(rows if first else []).encode())
        if asked.method == "POST":
            return left.pop(0) if len(left) > 1 else left[0]
        return Answer(404 if asked.path.endswith("gone") else 204)

    server.script = script


def posted(server: ObjectServer) -> list[bytes]:
    return [asked.body for asked in server.named("POST")]


def test_takes_as_many_names_as_the_server_does(source: ObjectServer) -> None:
    source.info = {"bulk_delete": {"max_deletes_per_request": 2}}
    lists(source, "a?", "b/ä", "c")
    assert delete_objects(source.container()) == 3
    assert posted(source) == [b"/c/a%3F\n/c/b/%C3%A4", b"/c/c"]


def test_asks_as_the_servers_expect_it(source: ObjectServer) -> None:
    source.info = {"bulk_delete": {}}
    lists(source, "a")
    delete_objects(source.container())
    (post,) = source.named("POST")
    assert post.path == "/v1/AUTH_x?bulk-delete"
    assert post.headers["x-auth-token"] == "token-0"
    assert post.headers["content-type"] == "text/plain"
    assert post.headers["accept"] == "application/json"


@pytest.mark.parametrize("told", [{}, {"max_deletes_per_request": 10_000}])
def test_takes_fewer_names_than_the_server_would(
    source: ObjectServer, monkeypatch: pytest.MonkeyPatch, told: dict[str, int]
) -> None:
    monkeypatch.setattr(bulk_delete, "MAX_BULK_NAMES", 1)
    source.info = {"bulk_delete": told}
    lists(source, "a", "b")
    assert delete_objects(source.container()) == 2
    assert posted(source) == [b"/c/a", b"/c/b"]


def test_deletes_one_by_one_where_the_server_knows_nothing_else(source: ObjectServer) -> None:
    lists(source, "a b", "gone")
    assert delete_objects(source.container()) == 2
    deleted = [asked.path for asked in source.named("DELETE")]
    assert deleted == ["/v1/AUTH_x/c/a%20b", "/v1/AUTH_x/c/gone"]
    assert posted(source) == []


def test_tries_again_what_a_server_could_not_do_and_with_another_token(
    source: ObjectServer,
) -> None:
    source.info = {"bulk_delete": {}}
    lists(source, "a", answers=(Answer(503), Answer(401), Answer(200, body=DONE)))
    assert delete_objects(source.container()) == 1
    assert posted(source) == [b"/c/a"] * 3
    tokens = [asked.headers["x-auth-token"] for asked in source.named("POST")]
    assert tokens == ["token-0", "token-0", "token-1"]


def test_fails_when_the_server_refuses(source: ObjectServer) -> None:
    source.info = {"bulk_delete": {}}
    lists(source, "a", answers=(Answer(412),))
    with pytest.raises(MigrationError, match="412"):
        delete_objects(source.container())


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", r"^the server's answer to a bulk delete in container 'c' cannot be read"),
        (b"[]", "cannot be read"),
        (b"{}", "cannot be read"),
        (b'{"Response Status": "200 OK"}', "cannot be read"),
        (b'{"Errors": []}', "cannot be read"),
        (
            b'{"Response Status": "400 Bad", "Errors": [["/c/a%20b", "403 No"], ["/c/b", "5"]]}',
            r"^2 objects could not be deleted, the first is /c/a b \(403 No\)",
        ),
        (
            b'{"Response Status": "502 Bad Gateway", "Errors": []}',
            r"^a bulk delete in container 'c' was answered 502 Bad Gateway",
        ),
    ],
)
def test_fails_when_the_body_is_not_a_success(
    source: ObjectServer, body: bytes, message: str
) -> None:
    source.info = {"bulk_delete": {}}
    lists(source, "a", answers=(Answer(200, body=body),))
    with pytest.raises(MigrationError, match=message):
        delete_objects(source.container())
