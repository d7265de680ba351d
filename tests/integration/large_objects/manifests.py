# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Large objects put at the source, and what became of them."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any

from tests.dataset.client import Client
from tests.integration.pair import Pair

LARGEST = 6 * 1024 * 1024
"""Bytes of the largest object that the destination takes."""

SEGMENTS = 4
"""Most segments of a manifest there."""


def put_segments(
    pair: Pair, number: int, folder: str, container: str, size: int = 1000
) -> list[dict[str, Any]]:
    pair.source.put_container(container)
    manifest = []
    for index in range(number):
        name = f"{folder}/{index:04}"
        pair.source.put(container, name, bytes([65 + index]) * size)
        etag = pair.source.head(container, name)["etag"]
        manifest.append({"path": f"/{container}/{name}", "etag": etag, "size_bytes": size})
    return manifest


def put_manifest(pair: Pair, name: str, manifest: list[dict[str, Any]]) -> None:
    pair.source.put(
        pair.name,
        name,
        json.dumps(manifest).encode(),
        {"Content-Type": "application/dicom", "X-Object-Meta-Kind": "large"},
        "multipart-manifest=put",
    )


def put_dynamic(pair: Pair, name: str, body: bytes = b"") -> str:
    """Put a dynamic large object of two segments; give the segments' container."""
    container = pair.name + "_segments"
    put_segments(pair, 2, "d", container)
    pointer = {"X-Object-Manifest": f"{container}/d/", "X-Object-Meta-Kind": "dynamic"}
    pair.source.put(pair.name, name, body, pointer)
    return container


def manifest_of(client: Client, container: str, name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(client.get(container, name, "multipart-manifest=get"))
    return found


def lost_journal(tmp_path: Path) -> dict[str, str]:
    """The option for a run on a mover that has no journal."""
    return {"state_dir": str(tmp_path / uuid.uuid4().hex)}


def assert_same_bytes_and_headers(pair: Pair) -> None:
    """All that a reader sees; how an object is cut may differ."""
    cut = ("segments", "x-static-large-object")
    assert [line for line in pair.differences() if line.split(": ")[1] not in cut] == []
