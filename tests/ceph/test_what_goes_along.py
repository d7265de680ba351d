# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What a real Ceph takes over of a container of a real Swift besides plain objects."""

from __future__ import annotations

import json
from typing import Any

from tests.ceph.pair import ToCeph
from tests.integration.conftest import Options, RunModule
from tests.integration.pair import counts

BY_DEFAULT = {
    "x-container-meta-owner": "FNNDSC",
    "x-container-meta-access-control-allow-origin": "https://cube.example",
    "x-container-meta-web-index": "index.html",
}
IF_ASKED = {
    "x-container-meta-quota-bytes": "2000",
    "x-container-meta-temp-url-key": "sesame",
    "x-versions-enabled": "True",
}
KINDS = ["metadata", "cors", "web", "quotas", "temp_url_keys", "versioning"]


def test_settings_are_taken_over_or_told(
    pair: ToCeph, source: Options, gateway: Options, run_module: RunModule
) -> None:
    pair.source.post_container(pair.name, {**BY_DEFAULT, **IF_ASKED})

    def fill() -> dict[str, Any]:
        filled_from = {**source, "container": pair.name}
        params = {**gateway, "name": pair.name, "source": filled_from, "carry": KINDS}
        return run_module("swift_container", params, diff=True)

    done, again = fill(), fill()
    assert (done["changed"], again["changed"]) == (True, False)
    head = pair.destination.head(pair.name)
    kept = {**BY_DEFAULT, "x-container-meta-temp-url-key": "sesame"}
    assert {name: head.get(name) for name in kept} == kept
    for result in (done, again):
        assert "sesame" not in json.dumps(result)
        assert result["not_carried"] == [
            "Not taken over: versioning, which keeps old versions of objects "
            "(X-Versions-Enabled). The destination cannot do it.",
            f"Not copied: old versions of objects, of which container '{pair.name}' has 0.",
            "Taken over, but the destination does not show it afterwards: Quota-Bytes.",
        ]


def test_symlinks_become_objects_and_are_kept(pair: ToCeph) -> None:
    pair.source.put(pair.name, "target", b"bytes", {"X-Object-Meta-Kind": "theirs"})
    pair.source.put(pair.name, "link", b"", {"X-Symlink-Target": f"{pair.name}/target"})
    result = pair.sync()
    assert counts(result) == {"copied": 2}
    assert result["symlinks"]["first_objects"] == {"link": f"{pair.name}/target"}
    assert pair.destination.get(pair.name, "link") == b"bytes"
    assert counts(pair.sync()) == {"kept": 2}
    assert pair.differences() == []
    pair.source.put(pair.name, "gone", b"", {"X-Symlink-Target": f"{pair.name}/none"})
    lost = pair.sync()
    assert lost["failed"]
    assert [each["name"] for each in lost["unreadable"]] == ["gone"]
    assert f"it is a symlink to '{pair.name}/none', which is not there" in lost["msg"]
