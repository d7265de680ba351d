# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Requests to an account: tokens, failures, what guards the writes."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.container import (
    Container,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.swift_client import (
    SwiftClient,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.http_messages import (
    TransportError,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.retry import (
    MAX_UNANSWERED,
    Retry,
    ServerGoneError,
    UnauthorizedError,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.status_errors import (
    StatusError,
)

from tests.unit.plugins.module_utils.fakes.object_server import Answer, ObjectServer


def test_no_path_is_the_account_itself(source: ObjectServer) -> None:
    source.script = lambda _asked: Answer(204)
    client = SwiftClient(source.connection)
    client.request("HEAD")
    client.request("POST", query="bulk-delete", headers={"Accept": "text/plain"}, body=b"/c/o")
    head, post = source.asked
    assert (head.method, head.path) == ("HEAD", "/v1/AUTH_x")
    assert (post.path, post.body) == ("/v1/AUTH_x?bulk-delete", b"/c/o")
    assert (post.headers["accept"], post.headers["x-auth-token"]) == ("text/plain", "token-0")


@pytest.mark.parametrize(
    ("method", "guarded"),
    [("GET", False), ("HEAD", False), ("PUT", True), ("POST", True), ("DELETE", True)],
)
def test_each_write_is_guarded_and_no_reading_is(
    source: ObjectServer, method: str, guarded: bool
) -> None:
    def refuse() -> None:
        raise MigrationError("the lease was lost")

    source.script = lambda _asked: Answer(204)
    client = SwiftClient(source.connection, guard=refuse)
    if guarded:
        for send in (client.request, Container(client, "c").sibling("d").request):
            with pytest.raises(MigrationError, match="the lease was lost"):
                send(method)
    else:
        client.request(method)
    assert len(source.asked) == (0 if guarded else 1)


def test_a_401_is_followed_by_one_new_login(source: ObjectServer) -> None:
    source.script = lambda asked: Answer(200 if asked.headers["x-auth-token"] == "token-1" else 401)
    assert source.container().request("HEAD").status == 200
    assert [asked.headers["x-auth-token"] for asked in source.asked] == ["token-0", "token-1"]


def test_a_401_that_stays_is_told_with_the_role_as_reason(source: ObjectServer) -> None:
    source.script = lambda _asked: Answer(401)
    with pytest.raises(UnauthorizedError, match=r"source answered 401 .* role"):
        source.container().request("HEAD")
    assert len(source.asked) == 2


CEPH = {"swift": {"max_object_name_size": 1024}}


def refusing_after_one(source: ObjectServer, times: int) -> None:
    """Take one request, then no token for some requests, new ones included."""
    answers = iter([200, *[401] * times])
    source.script = lambda _asked: Answer(next(answers, 200))


def test_a_ceph_that_cannot_check_a_new_token_is_waited_for(source: ObjectServer) -> None:
    source.info = CEPH
    refusing_after_one(source, 6)
    container = source.container(attempts=10)
    assert container.request("HEAD").status == 200
    assert container.request("HEAD").status == 200
    assert source.tokens == 1
    assert len(source.asked) == 8


@pytest.mark.parametrize("info", [{}, {"swift": {"version": "2.38.3"}}])
def test_a_swift_that_takes_no_new_token_is_not_waited_for(
    source: ObjectServer, info: dict[str, Any]
) -> None:
    source.info = info
    refusing_after_one(source, 6)
    container = source.container(attempts=10)
    container.request("HEAD")
    with pytest.raises(UnauthorizedError, match="check that its role"):
        container.request("HEAD")
    assert len(source.asked) == 3


def test_a_ceph_that_never_took_the_login_is_not_waited_for(source: ObjectServer) -> None:
    source.info = CEPH
    source.script = lambda _asked: Answer(401)
    with pytest.raises(UnauthorizedError, match="check that its role"):
        source.container(attempts=10).request("HEAD")
    assert len(source.asked) == 2


def test_a_403_for_an_old_token_is_followed_by_one_new_login(source: ObjectServer) -> None:
    source.fresh = False
    source.script = lambda asked: Answer(200 if asked.headers["x-auth-token"] == "token-1" else 403)
    assert source.container().request("HEAD").status == 200
    assert [asked.headers["x-auth-token"] for asked in source.asked] == ["token-0", "token-1"]


@pytest.mark.parametrize(("fresh", "requests"), [(True, 1), (False, 2)])
def test_a_403_that_stays_concerns_that_object_only(
    source: ObjectServer, fresh: bool, requests: int
) -> None:
    source.fresh = fresh
    source.script = lambda _asked: Answer(403)
    with pytest.raises(StatusError, match=r"source answered 403 .* ACL") as caught:
        source.container().request("HEAD", "o")
    assert not caught.value.fatal
    assert len(source.asked) == requests


def both(source: ObjectServer, destination: ObjectServer) -> tuple[Container, Container]:
    """Two containers that share what is known of the servers, as those of a run do."""
    shared = Retry(attempts=2, sleep=lambda _seconds: None)
    return source.container(retry=shared), destination.container(retry=shared)


def test_a_destination_that_is_gone_is_noticed_though_the_source_is_asked_first(
    source: ObjectServer,
) -> None:
    with ObjectServer().running() as gone:
        pass
    source.script = lambda _asked: Answer(200)
    here, there = both(source, gone)

    def look() -> None:
        here.request("HEAD", "o")
        there.request("HEAD", "o")

    for _number in range(MAX_UNANSWERED - 1):
        with pytest.raises(TransportError):
            look()
    with pytest.raises(ServerGoneError, match=gone.url):
        look()


@pytest.mark.parametrize("status", [200, 404, 409, 500])
def test_every_answer_of_a_server_shows_that_it_is_there(
    source: ObjectServer, destination: ObjectServer, status: int
) -> None:
    here, _there = both(source, destination)
    for _number in range(2 * MAX_UNANSWERED):
        source.script = lambda _asked: Answer(503)
        with pytest.raises(StatusError):
            here.request("HEAD", "o")
        source.script = lambda _asked: Answer(status)
        here.request("HEAD", "o", accept=(404, 409, 500))


@pytest.mark.parametrize("status", [408, 409, 429, 498, 500, 503])
def test_a_passing_status_is_asked_again(source: ObjectServer, status: int) -> None:
    source.script = lambda _asked: Answer(status if len(source.asked) < 3 else 200)
    assert source.container().request("HEAD").status == 200
    assert len(source.asked) == 3


def test_a_cut_connection_is_asked_again(source: ObjectServer) -> None:
    source.script = lambda _asked: Answer(
        200, body=b"complete", cut=3 if len(source.asked) < 3 else None
    )
    assert source.container().request("GET", "o").body == b"complete"
    assert len(source.asked) == 3
