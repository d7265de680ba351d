# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Dynamic large objects stay dynamic."""

from __future__ import annotations

from pathlib import Path

from tests.integration.large_objects.manifests import (
    put_dynamic,
)
from tests.integration.pair import Pair, counts


def test_a_segment_added_later_is_found_without_asking_for_the_object(pair: Pair) -> None:
    with pair.earlier():
        container = put_dynamic(pair, "dynamic")
    assert counts(pair.sync()) == {"copied": 1}
    assert pair.requests(pair.sync) == ([], [])
    pair.source.put(container, "d/0002", b"late")
    check = pair.sync(check=True)
    assert pair.differences() != []
    result = pair.sync()
    assert pair.differences() == []
    for told in (check, result):
        assert told["changed"]
        assert told["segments"] == {"copied": 1, "bytes": 4, "deleted": 0}
        assert counts(told) == {"kept": 1}


def test_a_body_of_its_own_is_copied(pair: Pair) -> None:
    put_dynamic(pair, "dynamic", b"what a client without large objects reads")
    assert counts(pair.sync()) == {"copied": 1}
    assert pair.differences() == []
    own = [
        client.get(pair.name, "dynamic", "multipart-manifest=get")
        for client in (pair.source, pair.destination)
    ]
    assert own[0] == own[1] == b"what a client without large objects reads"


def test_a_foreign_segment_that_would_change_the_bytes_is_an_error_by_name(
    pair: Pair, tmp_path: Path
) -> None:
    container = put_dynamic(pair, "dynamic")
    pair.sync()
    pair.destination.put(container, "d/0009", b"foreign")
    result = pair.sync()
    assert result["failed"]
    assert "segment 'd/0009'" in result["msg"]
    assert "max_delete" in pair.sync(prune=True)["msg"]
    for check in (True, False):
        assert pair.differences() != []
        pruned = pair.sync(prune=True, max_delete="1", check=check)
        assert (pruned["changed"], pruned["segments"]["deleted"]) == (True, 1)
    assert pair.differences() == []
