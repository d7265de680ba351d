# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What metadata the destination takes: an object beyond it is named before it is sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from .._cloud.capabilities import identify_server
from .._errors import MigrationError

META = "x-object-meta-"


RADOS_GATEWAY_NAME = 80
"""Characters of a metadata item's name that Ceph RGW takes, without saying so (measured)."""


@dataclass(frozen=True)
class MetadataLimits:
    """Limits of one object's metadata as a server's ``/info`` tells; None where it does not.

    :param name: bytes of an item's name.  :param value: bytes of its value.
    :param count: number of items.  :param size: bytes of all names and values.
    """

    name: int | None = None
    value: int | None = None
    count: int | None = None
    size: int | None = None

    @classmethod
    def of(cls, capabilities: Mapping[str, Any]) -> Self:
        """Read them from ``/info``."""
        about = capabilities.get("swift")

        def number(name: str) -> int | None:
            value = about.get(name) if isinstance(about, Mapping) else None
            return value if isinstance(value, int) and value > 0 else None

        ceph = identify_server(capabilities).name == "ceph"
        return cls(
            RADOS_GATEWAY_NAME if ceph else number("max_meta_name_length"),
            number("max_meta_value_length"),
            number("max_meta_count"),
            number("max_meta_overall_size"),
        )

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
