# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A source whose answers are changed on the way writes no header of its own to the destination."""

from __future__ import annotations

import pytest

from tests.integration.faulty import Faulty, asks
from tests.integration.pair import fill
from tests.servers.access_log import Target
from tests.servers.faults import header

pytestmark = pytest.mark.security


def is_container_head(target: Target) -> bool:
    return target.method == "HEAD" and target.container != "" and target.name == ""


def test_a_header_within_the_containers_time_opens_no_container(faulty: Faulty) -> None:
    fill(faulty, 1)
    evil = "1700000000.00000\nX-Container-Read: .r:*,.rlistings\nX-Container-Write: evil:*"
    faulty.here.inject(header("X-Timestamp", evil), is_container_head, times=None)
    result = faulty.sync()
    assert result["failed"]
    assert "not one line to every server" in result["msg"]
    container = faulty.destination.head(faulty.name)
    assert "x-container-read" not in container
    assert "x-container-write" not in container
    assert [*faulty.destination.listing(faulty.name)] == []


def test_a_header_within_an_objects_metadata_draws_no_other_object_in(faulty: Faulty) -> None:
    faulty.destination.put_container(f"{faulty.name}-secret")
    faulty.destination.put(f"{faulty.name}-secret", "key", b"secret")
    faulty.source.put(faulty.name, "empty", b"")
    evil = f"x\nX-Copy-From: /{faulty.name}-secret/key"
    faulty.here.inject(header("X-Object-Meta-A", evil), asks("GET", "empty"), times=None)
    result = faulty.sync()
    assert result["failed"]
    assert "not one line to every server" in result["msg"]
    assert [*faulty.destination.listing(faulty.name)] == []
