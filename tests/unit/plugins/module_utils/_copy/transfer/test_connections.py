# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""All requests of one thread to one server go over the same connection."""

from __future__ import annotations

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.outcome import Kind

from tests.unit.plugins.module_utils._copy.transfer.copying import (
    LARGE_BODY,
    SMALL_BODY,
    entry,
    transfer,
)
from tests.unit.plugins.module_utils.fakes.object_server import Answer, ObjectServer, content

pytestmark = pytest.mark.usefixtures("in_time")


def requests(server: ObjectServer) -> list[str]:
    return [asked.method for asked in server.asked]


def test_the_head_after_a_put_goes_over_its_connection(
    source: ObjectServer, destination: ObjectServer
) -> None:
    source.script = lambda _asked: content(SMALL_BODY)
    destination.script = lambda asked: Answer(201) if asked.method == "PUT" else content(SMALL_BODY)
    copier = transfer(source, destination)
    assert copier.copy(entry(SMALL_BODY)).kind is Kind.COPIED
    assert copier.same("o")
    assert copier.copy(entry(SMALL_BODY)).kind is Kind.COPIED
    assert requests(source) == ["GET", "HEAD", "GET"]
    assert requests(destination) == ["PUT", "HEAD", "PUT"]
    assert (source.connections, destination.connections) == (1, 1)


def test_other_containers_of_the_accounts_are_reached_over_it_as_well(
    source: ObjectServer, destination: ObjectServer
) -> None:
    source.script = lambda _asked: content(SMALL_BODY)
    destination.script = lambda _asked: Answer(201)
    copier = transfer(source, destination)
    copier.copy(entry(SMALL_BODY))
    copier.between("c_segments", "d_segments").copy(entry(SMALL_BODY))
    assert [asked.path for asked in destination.asked] == [
        "/v1/AUTH_x/c/o",
        "/v1/AUTH_x/d_segments/o",
    ]
    assert (source.connections, destination.connections) == (1, 1)


def test_streams_keep_a_connection_of_their_own(
    source: ObjectServer, destination: ObjectServer
) -> None:
    source.script = lambda _asked: content(LARGE_BODY)
    destination.script = lambda _asked: Answer(201)
    copier = transfer(source, destination)
    for _time in range(3):
        copier.copy(entry(LARGE_BODY))
    assert len(destination.asked) == 3
    assert (source.connections, destination.connections) == (1, 1)
