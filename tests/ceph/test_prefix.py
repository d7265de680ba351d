# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A prefix of any form selects the names that begin with it, and no others."""

from __future__ import annotations

import pytest

from tests.ceph.pair import ToCeph
from tests.integration.pair import counts

NAMES = (
    "a/b",
    "a//b",
    "a//c/d",
    "a///e",
    "../up",
    "../../up",
    ".hidden",
    "/root",
    "//root",
    "ü/日本/1",
    "ü/日本語",
    "u/plain",
    "100%/done",
    "100%25/done",
)


@pytest.mark.each_ceph
@pytest.mark.parametrize("prefix", ["a//", "..", "../..", "/", "//", "ü/日本", "100%", "100%2"])
def test_only_names_that_begin_with_it_are_copied_and_pruned(pair: ToCeph, prefix: str) -> None:
    assert counts(pair.sync()) == {}  # what the destination had before would stay
    for name in NAMES:
        pair.source.put(pair.name, name, name.encode())
    for name in (f"{prefix}extra", "other"):
        pair.destination.put(pair.name, name, b"extra")
    wanted = {name for name in NAMES if name.startswith(prefix)}
    result = pair.sync(prefix=prefix, prune=True, max_delete="100%")
    assert counts(result) == {"copied": len(wanted), "deleted": 1}
    assert set(pair.names()) == wanted | {"other"}
    for name in wanted:
        assert pair.destination.get(pair.name, name) == name.encode()
