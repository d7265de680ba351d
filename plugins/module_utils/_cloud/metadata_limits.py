# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What metadata the destination takes: an object beyond it is named before it is sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .._errors import MigrationError

META = "x-object-meta-"


@dataclass(frozen=True)
class MetadataLimits:
    """Limits of one object's metadata; None where the server tells none.

    :param name: bytes of an item's name.  :param value: bytes of its value.
    :param count: number of items.  :param size: bytes of all names and values.
    """

    name: int | None = None
    value: int | None = None
    count: int | None = None
    size: int | None = None

    def check(self, headers: Mapping[str, str]) -> None:
        """Refuse metadata that does not fit.

        :param headers: of an object, names in lower case, values Latin-1 text.
        :raises MigrationError: naming the item, with its length and the limit.
        """
        items = {
            name.removeprefix(META): len(value)
            for name, value in headers.items()
            if name.startswith(META)
        }
        if not items:
            return
        for name, length in items.items():
            _check(len(name), self.name, "the name of its metadata '%s' has %d bytes", name)
            _check(length, self.value, "its metadata '%s' has %d bytes", name)
        _check(len(items), self.count, "it has %d metadata items")
        size = sum(map(len, items)) + sum(items.values())
        _check(size, self.size, "its metadata has %d bytes")


def _check(found: int, limit: int | None, what: str, *name: str) -> None:
    if limit is not None and found > limit:
        raise MigrationError(f"{what % (*name, found)}, the destination takes {limit}")
