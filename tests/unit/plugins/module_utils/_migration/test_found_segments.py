# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The segments of a static large object whose server gives no manifest."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration import (
    found_segments as found,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.found_segments import (
    found_segments,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.container import (
    Container,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.manifest import Segment
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.manifest_reach import (
    ManifestReach,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.http_messages import (
    Response,
)

from tests.unit.plugins.module_utils.fakes.object_server import ObjectServer
from tests.unit.plugins.module_utils.fakes.object_store import ObjectStore, md5

PARTS = (b"first", b"second")
ETAG = md5("".join(map(md5, PARTS)).encode())


def head(etag: str = ETAG, size: int = 11) -> Response:
    """What a server answers to HEAD of the object."""
    return Response(
        200, f'HTTP/1.1 200 OK\r\nETag: "{etag}"\r\nContent-Length: {size}\r\n\r\n'.encode()
    )


@pytest.fixture
def store(source: ObjectServer) -> ObjectStore:
    source.script = store = ObjectStore()
    return store


@pytest.fixture
def container(source: ObjectServer, store: ObjectStore) -> Container:
    return source.container()


def put(store: ObjectStore, folder: str, container: str, parts: Sequence[bytes] = PARTS) -> None:
    for number, part in enumerate(parts):
        store.put(f"{folder}/{number:08}", part, container)


@pytest.mark.parametrize("where", ["c_segments", "c+segments"])
@pytest.mark.parametrize("folder", ["scan/1/11/5", ".swift_migration/scan/1/11/5"])
def test_they_are_found_where_clients_put_them(
    container: Container, store: ObjectStore, where: str, folder: str
) -> None:
    put(store, "scan/0/11/5", where, [b"an older", b"version"])
    put(store, folder, where)
    put(store, "scan2/1/11/5", where)
    assert found_segments(container, "scan", head()) == [
        Segment(where, f"{folder}/00000000", md5(b"first"), 5),
        Segment(where, f"{folder}/00000001", md5(b"second"), 6),
    ]


@pytest.mark.parametrize("told", [head(etag="0" * 32), head(size=12)])
def test_what_the_object_is_not_made_of_is_not_taken(
    container: Container, store: ObjectStore, told: Response
) -> None:
    put(store, "scan/1/11/5", "c_segments")
    assert found_segments(container, "scan", told) is None


def test_the_segments_of_two_versions_are_not_mixed(
    container: Container, store: ObjectStore
) -> None:
    put(store, "scan/1", "c_segments", PARTS[:1])
    store.put("scan/2/00000001", PARTS[1], "c_segments")
    assert found_segments(container, "scan", head()) is None


def test_an_account_without_such_containers_has_none(container: Container) -> None:
    assert found_segments(container, "scan", head()) is None


def test_a_container_that_may_not_be_read_is_passed_over(
    source: ObjectServer, store: ObjectStore
) -> None:
    put(store, "scan/1/11/5", "c+segments")
    container = source.container("c", reach=ManifestReach("other"))
    assert found_segments(container, "scan", head()) is None
    assert not any("segments" in asked.path for asked in source.asked)


def test_no_more_than_a_limit_of_them_is_looked_at(
    container: Container, store: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, "scan/1/11/5", "c_segments")
    monkeypatch.setattr(found, "MAX_SEGMENTS", 1)
    assert found_segments(container, "scan", head()) is None
