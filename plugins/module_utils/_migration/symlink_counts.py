# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What became of the symlinks of a run."""

from __future__ import annotations

import threading
from typing import Any

SAMPLE = 20
"""Symlinks of each kind that a result names."""


class SymlinkCounts:
    """Counts them, told by all threads of a run."""

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._symlinks = self._objects = self._dangling = 0
        self._first: dict[str, dict[str, str]] = {"objects": {}, "dangling": {}}

    def add(
        self, name: str, target: str, *, as_object: bool = False, dangling: bool = False
    ) -> None:
        """Count one that the destination has now, in one way or the other.

        :param target: where it leads.
        :param as_object: it has become an object.
        :param dangling: it leads to nothing.
        """
        with self._mutex:
            self._symlinks += not as_object
            self._objects += as_object
            self._dangling += dangling
            for kind, is_so in (("objects", as_object), ("dangling", dangling)):
                if is_so and len(self._first[kind]) < SAMPLE:
                    self._first[kind][name] = target

    def notice(self) -> str:
        """What is not as it was at the source or leads to nothing; "" if there is no such thing."""
        told = []
        if self._objects:
            told.append(
                f"{self._objects} symlinks became objects with what they lead to, as the "
                "destination has no symlinks, or they do not lead to an object of the container "
                f"that could be copied first. The first is {self._named('objects')}"
            )
        if self._dangling:
            told.append(
                f"{self._dangling} symlinks lead to nothing, and stayed as they are. The first is "
                f"{self._named('dangling')}"
            )
        return ". ".join(told)

    def _named(self, kind: str) -> str:
        name, target = min(self._first[kind].items())
        return f"{name}, which leads to {target}"

    def result(self) -> dict[str, Any]:
        """The values that a module returns."""
        return {
            "symlinks": self._symlinks,
            "objects": self._objects,
            "dangling": self._dangling,
            "first_objects": self._first["objects"],
            "first_dangling": self._first["dangling"],
        }
