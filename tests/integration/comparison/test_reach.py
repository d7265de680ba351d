# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A user who may write to one container cannot have the migration copy another one."""

from __future__ import annotations

import pytest

from tests.integration.comparison.findings import Compare
from tests.integration.large_objects.manifests import put_manifest, put_segments
from tests.integration.pair import Pair, counts, fill

pytestmark = pytest.mark.security


@pytest.mark.parametrize("kind", ["dynamic", "static"])
def test_a_manifest_that_leads_to_another_container_is_told_and_followed_on_request_only(
    pair: Pair, compare: Compare, kind: str
) -> None:
    private = f"private-{pair.name}"
    fill(pair, 1)
    segments = put_segments(pair, 2, "payroll", private)
    if kind == "static":
        put_manifest(pair, "harmless", segments)
    else:
        pair.source.put(pair.name, "harmless", b"", {"X-Object-Manifest": f"{private}/payroll/"})
    why = f"segment_containers: a manifest leads to container '{private}'"
    for check in (True, False):
        told = pair.sync(check=check)
        assert told["failed"]
        assert told["objects"]["failed"] == 1
        assert f"The first is harmless: {why}" in told["msg"]
    assert pair.names() == ["data/0000"]

    assert counts(pair.sync(segment_containers=[private])) == {"copied": 1, "kept": 1}
    compared = compare(level="content")
    assert compared["failed"]
    assert compared["objects"]["error"] == 1
    assert why in compared["msg"]
    assert compare(level="content", segment_containers=[private])["equal"]
