# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Which objects were found damaged, as the destination container's metadata keeps it.  Pure."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass

FOUND = "x-container-meta-migration-damaged"
MORE = f"{FOUND}-more"

LENGTH = 8
"""Characters of a digest: enough that one name in a million million is taken for another."""

VALUES, EACH = 4, 32
"""Metadata items for digests, and digests in each: Swift takes 256 bytes of a value, and 4 KiB of
all metadata of a container."""

MAX_DIGESTS = VALUES * EACH


@dataclass(frozen=True)
class Damage:
    """What was found damaged and has not been found repaired since.

    :param found: when the last of it was found, ISO 8601 by the destination's clock.
    :param digests: of the names; see :func:`digest`.
    :param more: whether there was more than can be remembered.
    """

    found: str = ""
    digests: frozenset[str] = frozenset()
    more: bool = False

    @classmethod
    def of(cls, headers: Mapping[str, str]) -> Damage:
        """What a container's headers (names in lower case) say."""
        text = "".join(headers.get(name, "") for name in _names())
        parts = (text[at : at + LENGTH] for at in range(0, len(text), LENGTH))
        return cls(headers.get(FOUND, ""), frozenset(parts), bool(headers.get(MORE)))

    def has(self, name: str) -> bool:
        """Whether an object is among those that are remembered."""
        return bool(self.digests) and digest(name) in self.digests

    def headers(self) -> dict[str, str]:
        """The headers that store it; an empty value removes what stood there."""
        kept = sorted(self.digests)
        values = ["".join(kept[at : at + EACH]) for at in range(0, MAX_DIGESTS, EACH)]
        more = "true" if self.more else ""
        return {FOUND: self.found, MORE: more, **dict(zip(_names(), values, strict=True))}

    def after(
        self,
        damaged: Collection[str],
        sound: Collection[str],
        moment: str,
        failed: Collection[str] = (),
        *,
        complete: bool = False,
        whole: bool = False,
    ) -> Damage:
        """The damage to remember after a comparison.

        :param damaged: digests of what it found damaged.
        :param sound: digests of what it read and found to be right.
        :param moment: when, by the destination's clock.
        :param failed: digests of what it could not ask for.  They are remembered as far as there is
            room: a server that is away for a while fails all.
        :param complete: it found all names of both listings to be right, but for ``damaged``.
        :param whole: it read every object, so that nothing else is damaged.
        """
        kept = frozenset() if complete else self.digests - frozenset(sound)
        new = sorted(frozenset(damaged) - kept)
        # What is remembered already goes first: it was found longest ago.
        also = sorted(frozenset(failed) - kept - frozenset(new))
        digests = frozenset([*sorted(kept), *new, *also][:MAX_DIGESTS])
        more = (self.more and not whole) or len(kept) + len(new) > MAX_DIGESTS
        if not digests and not more:
            return Damage()
        is_new = bool(digests - self.digests) or more > self.more
        return Damage(moment if is_new or not self.found else self.found, digests, more)


def digest(name: str) -> str:
    """What stands for a name: the first 8 characters of the base64 of its SHA-256."""
    return base64.urlsafe_b64encode(hashlib.sha256(name.encode()).digest()).decode()[:LENGTH]


def _names() -> list[str]:
    return [f"{FOUND}-{number}" for number in range(1, VALUES + 1)]
