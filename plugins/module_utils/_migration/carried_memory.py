# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Which settings a container has taken over before, as its own metadata keeps it.  Pure.

So what somebody has set there by hand is told from what the source has changed since.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from .._swift.container_settings import TEMP_URL_KEYS, ContainerState

OURS = "Migration-"
"""What the names begin with under which a migration keeps its state.  It is never taken over."""

CARRIED = f"{OURS}Carried"

LENGTH, EACH = 8, 32
"""Characters of a digest, and digests: Swift takes 256 bytes of a value."""


@dataclass(frozen=True)
class CarriedMemory:
    """Digests of settings with their values.

    Of keys of temporary URLs there are none, by which a key could be guessed: metadata is shown to
    all who may read the container.
    """

    text: str = ""

    @classmethod
    def of(cls, state: ContainerState) -> CarriedMemory:
        """What a container remembers."""
        return cls(state.metadata.get(CARRIED, ""))

    def has(self, name: str, value: str) -> bool:
        """Whether a setting was taken over with this value."""
        starts = range(0, len(self.text), LENGTH)
        return _digest(name, value) in {self.text[at : at + LENGTH] for at in starts}

    def after(self, taken: Mapping[str, str]) -> dict[str, str]:
        """The metadata that remembers what is taken over now; the first 32 of it.

        Empty when there is nothing to write.
        """
        digests = sorted(
            _digest(name, value) for name, value in taken.items() if name not in TEMP_URL_KEYS
        )
        text = "".join(digests[:EACH])
        return {CARRIED: text} if text or self.text else {}


def _digest(name: str, value: str) -> str:
    """The first 8 characters of the base64 of a SHA-256."""
    digest = hashlib.sha256(f"{name}\0{value}".encode()).digest()
    return base64.urlsafe_b64encode(digest).decode()[:LENGTH]
