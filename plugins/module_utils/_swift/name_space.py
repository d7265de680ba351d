# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Names as numbers, so that a part of a container's name space can be halved.  Pure."""

from __future__ import annotations

FIRST, LAST = 32, 127
BASE = LAST - FIRST + 1
DIGITS = 5
"""To be halved, names are numbers of so many digits, one for each character between these two."""


def middle(low: str, high: str) -> str:
    """A name about halfway between two others; one of them if they are too close."""
    same = common_length(low, high)
    between = (number(low, same) + number(high, same)) // 2
    digits = []
    for _position in range(DIGITS):
        between, digit = divmod(between, BASE)
        digits.append(chr(FIRST + digit))
    return high[:same] + "".join(reversed(digits))


def distance(low: str, high: str) -> tuple[int, int]:
    """How far two names are apart, to be compared: they begin alike, then their numbers differ."""
    same = common_length(low, high)
    return -same, number(high, same) - number(low, same)


def common_length(low: str, high: str) -> int:
    """How many characters both begin with."""
    pairs = zip(low, high, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(low), len(high)))


def number(name: str, skip: int) -> int:
    """The number that a name stands for, without its first ``skip`` characters."""
    found = 0
    for character in name[skip : skip + DIGITS].ljust(DIGITS, chr(FIRST)):
        found = found * BASE + min(max(ord(character), FIRST), LAST) - FIRST
    return found
