# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The digests of a comparison, recomputed from both servers' listings without the collection."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.dataset.client import Client
from tests.integration.comparison.findings import Compare
from tests.integration.large_objects.manifests import put_dynamic, put_manifest, put_segments
from tests.integration.pair import Pair, fill

SCRIPT = Path(__file__).parents[3] / "plugins" / "plugin_utils" / "_recompute_digests.py"


def listings(client: Client, container: str, folder: Path) -> list[str]:
    """The listing, and what a HEAD tells of the dynamic large object, as files."""
    head = client.head(container, "dynamic")
    large = {"name": "dynamic", "bytes": head["content-length"], "hash": head["etag"]}
    folder.mkdir()
    for name, rows in {"listing": list(client.listing(container)), "heads": [large]}.items():
        (folder / name).write_text(json.dumps(rows))
    return [str(folder / "listing"), str(folder / "heads")]


def test_they_are_the_same_with_large_objects_too(
    pair: Pair, compare: Compare, tmp_path: Path
) -> None:
    fill(pair, 3)
    pair.source.put(pair.name, "jürgen//😀", b"")
    put_manifest(pair, "static", put_segments(pair, 2, "s", pair.name + "_segments"))
    put_dynamic(pair, "dynamic")
    assert not pair.sync().get("failed")
    result = compare()
    assert result["equal"]
    done = subprocess.run(
        [
            *(sys.executable, "-I", str(SCRIPT)),
            *("--source", *listings(pair.source, pair.name, tmp_path / "source")),
            *("--destination", *listings(pair.destination, pair.name, tmp_path / "destination")),
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    proved = [
        f"{side:12}{told['objects']} objects, {told['bytes']} bytes, SHA-256 {told['sha256']}"
        for side, told in ((side, result[side]) for side in ("source", "destination"))
    ]
    assert done.stdout.splitlines() == proved
    assert result["source"]["objects"] == 6
