# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The manifest of a static large object: a list of segments.  Pure."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from .._cloud.object_limits import ObjectLimits
from .._errors import MigrationError
from .._transport.json_answer import read_json
from .range_checksums import ChecksummedRange

MANIFEST = "multipart-manifest=get"

MAX_LINES = 100_000
"""Segments in a manifest and those within it.  A thousand lines that each name the same manifest,
which does the same, are a billion segments."""

_RANGE = re.compile("[0-9]{1,18}-[0-9]{1,18}")


class Segment(NamedTuple):
    """One line of a manifest.

    :param size: bytes of the object named, also where a range takes fewer of them.
    :param etag: its MD5; of one that is a static large object itself its ETag.
    :param range: ``FIRST-LAST``, or empty for the whole.
    :param nested: it is a static large object itself.
    :param data: bytes that are in the manifest itself; then there is no object.
    :param inner: the segments of a nested one.
    """

    container: str
    name: str
    etag: str
    size: int
    range: str = ""
    nested: bool = False
    data: bytes | None = None
    inner: tuple[Segment, ...] = ()

    def line(self) -> dict[str, Any]:
        """As a PUT takes it."""
        if self.data is not None:
            return {"data": base64.b64encode(self.data).decode()}
        line = {
            "path": f"/{self.container}/{self.name}",
            "etag": self.etag,
            "size_bytes": self.size,
        }
        return {**line, "range": self.range} if self.range else line


def read_manifest(body: bytes) -> list[Segment] | None:
    """Read what ``multipart-manifest=get`` gives.

    https://docs.openstack.org/swift/latest/overview_large_objects.html

    :returns: None when it is no manifest: Ceph RGW gives an empty body (ceph/ceph#70699).
    :raises MigrationError: a line of it is no segment.
    """
    try:
        lines = read_json(body)
    except ValueError:
        return None
    if not isinstance(lines, list) or not lines:
        return None
    return [_segment(line) for line in lines]


def write_manifest(segments: Sequence[Segment]) -> bytes:
    """Write what ``multipart-manifest=put`` takes."""
    return json.dumps([segment.line() for segment in segments]).encode()


def obstacle(segments: Sequence[Segment], limits: ObjectLimits) -> str:
    """Say why a server cannot hold such a manifest; empty when it can."""
    if len(segments) > limits.segments:
        return f"it has {len(segments)} segments, a manifest may have {limits.segments}"
    if len(write_manifest(segments)) > limits.manifest:
        return f"its manifest has more than {limits.manifest} bytes"
    for segment in segments:
        if limits.rados_gateway and segment.data is not None:
            return "it has inline data"
        if limits.rados_gateway and (segment.nested or segment.range):
            return f"it has {'nested manifests' if segment.nested else 'ranges of segments'}"
        if not segment.nested and segment.size > limits.size:
            return f"its segment '{segment.name}' has {segment.size} bytes of {limits.size} allowed"
        if within := obstacle(segment.inner, limits):
            return f"in '{segment.name}', {within}"
    return ""


def checksummed_ranges(segments: Sequence[Segment]) -> Iterator[ChecksummedRange]:
    """The bytes that a manifest stands for, part by part, each with its MD5 where one is known."""
    for segment in segments:
        if segment.data is not None:
            md5 = hashlib.md5(segment.data, usedforsecurity=False).hexdigest()
            yield ChecksummedRange(len(segment.data), md5)
            continue
        whole = (
            checksummed_ranges(segment.inner)
            if segment.nested
            else iter([ChecksummedRange(segment.size, segment.etag)])
        )
        if segment.range:
            first, _dash, last = segment.range.partition("-")
            yield from _cut(whole, int(first), int(last) + 1)
        else:
            yield from whole


def _cut(parts: Iterator[ChecksummedRange], begin: int, end: int) -> Iterator[ChecksummedRange]:
    place = 0
    for part in parts:
        size = min(end, place + part.size) - max(begin, place)
        if size > 0:
            yield part if size == part.size else ChecksummedRange(size, None)
        place += part.size


def _segment(line: Any) -> Segment:
    try:
        if "data" in line:
            return Segment("", "", "", 0, data=base64.b64decode(line["data"]))
        container, _slash, name = line["name"].lstrip("/").partition("/")
        etag, size, part = line["hash"].strip('"'), line["bytes"], line.get("range") or ""
        f"{container}{name}{etag}".encode()  # a UnicodeEncodeError is a ValueError
        is_one = container and name and isinstance(size, int) and not isinstance(size, bool)
        if is_one and size >= 0 and (not part or _RANGE.fullmatch(part)):
            return Segment(container, name, etag, size, part, bool(line.get("sub_slo")))
    except (AttributeError, KeyError, TypeError, ValueError):
        pass
    raise MigrationError(f"a line of its manifest is no segment: {str(line)[:200]}")
