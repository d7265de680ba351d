# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""One object of the data set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from tests.dataset.content import CONTENT_TYPES, Content


@dataclass(frozen=True)
class SampleObject:
    """An object as a client of the old Swift would have uploaded it.

    :param headers: Content-Type and whatever else its PUT carries.
    :param large: whether ``segments`` are tied together by a static or a dynamic manifest.
    :param segments: objects of the segments container; the manifest's own ``content`` is empty.
    """

    name: str
    content: Content
    headers: Mapping[str, str] = field(default_factory=dict)
    large: Literal["", "static", "dynamic"] = ""
    segments: tuple[SampleObject, ...] = ()

    @property
    def size(self) -> int:
        """Bytes that a GET gives."""
        return self.content.size + sum(segment.size for segment in self.segments)


def sample(name: str, kind: str, size: int, /, **headers: str) -> SampleObject:
    """Make an object of one kind; ``X_Object_Meta_Mtime="1"`` gives that header."""
    sent = {"Content-Type": CONTENT_TYPES[kind]}
    sent |= {header.replace("_", "-"): value for header, value in headers.items()}
    return SampleObject(name, Content(kind, size, name), sent)
