# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Objects of each kind: plain ones, folders' markers, large ones with their segments."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable

from tests.dataset.client import Client

Kind = Callable[[Client, str, str], None]
"""Puts an object of this kind: container, name."""

STREAMED = 3 << 20
"""Bytes of an object that is too large to be held whole."""


def body(name: str, size: int = 100) -> bytes:
    """Bytes that no other name has."""
    return hashlib.shake_128(name.encode()).digest(size)


def segments_of(container: str) -> str:
    return f"{container}_segments"


def plain(client: Client, container: str, name: str) -> None:
    client.put(container, name, body(name))


def streamed(client: Client, container: str, name: str) -> None:
    client.put(container, name, body(name, STREAMED))


def expiring(client: Client, container: str, name: str) -> None:
    """It is to be deleted an hour from now."""
    client.put(container, name, body(name), {"X-Delete-At": str(int(time.time()) + 3600)})


def empty(client: Client, container: str, name: str) -> None:
    client.put(container, name)


def marker(client: Client, container: str, name: str) -> None:
    client.put(container, name, b"", {"Content-Type": "application/directory"})


def static(client: Client, container: str, name: str) -> None:
    _put_segments(client, container, name)
    _put_manifest(client, container, name, [f"{name}/{number}" for number in range(3)])


def nested(client: Client, container: str, name: str) -> None:
    """A static large object of a plain segment and of another static large object."""
    _put_segments(client, container, name)
    inner = f"{name}/inner"
    _put_manifest(client, segments_of(container), inner, [f"{name}/{n}" for n in (1, 2)], container)
    _put_manifest(client, container, name, [f"{name}/0", inner])


def dynamic(client: Client, container: str, name: str) -> None:
    _put_segments(client, container, name)
    client.put(container, name, b"", {"X-Object-Manifest": f"{segments_of(container)}/{name}/"})


def _put_segments(client: Client, container: str, name: str) -> None:
    client.put_container(segments_of(container))
    for number in range(3):
        segment = f"{name}/{number}"
        client.put(segments_of(container), segment, body(segment, 1000))


def _put_manifest(
    client: Client, container: str, name: str, parts: list[str], home: str = ""
) -> None:
    segments = segments_of(home or container)
    lines = []
    for part in parts:
        head = client.head(segments, part)
        etag, size = head["etag"].strip('"'), int(head["content-length"])
        lines.append({"path": f"/{segments}/{part}", "etag": etag, "size_bytes": size})
    text = json.dumps(lines).encode()
    # Swift gives it this type, and Ceph none.
    headers = {"Content-Type": "application/octet-stream"}
    client.put(container, name, text, headers, query="multipart-manifest=put")
