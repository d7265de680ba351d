# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Whether what is to be copied fits into the destination's quotas, segments included.  Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from .._check import FAILURE, OK, Check
from .._swift.account import Account
from .._swift.container_settings import ContainerState
from .survey import Amount

GIB = 1024**3


@dataclass(frozen=True)
class Room:
    """What is needed at the destination, and what there is.

    :param container: what the container takes.
    :param segments: what goes into other containers: segments of large objects.
    :param there: what of both is there already.
    :param account: the destination's account.
    """

    container: Amount
    segments: Amount
    there: Amount
    account: Account

    @property
    def needed(self) -> Amount:
        """What the account must take in all, with what other containers hold."""
        size = self.container.bytes + self.segments.bytes
        others = max(0, (self.account.bytes or 0) - self.there.bytes)
        return Amount(self.container.objects + self.segments.objects, size + others)

    @property
    def spare(self) -> int | None:
        """How many more bytes the account takes; None without a quota."""
        if not self.account.quota_bytes:
            return None
        return max(0, self.account.quota_bytes - (self.account.bytes or 0))

    def check_account(self) -> Iterator[Check]:
        """Compare with the account's quota."""
        quota = self.account.quota_bytes
        needed = self.needed
        ask = f"{gib(needed.bytes)} GiB and {needed.objects:,} objects"
        name = "quota of the destination's account"
        others = needed.bytes - self.container.bytes - self.segments.bytes
        beside = f", {_amount(others)} of other containers among it" if others else ""
        if not quota:
            yield Check(name, OK, f"none is shown; the data needs {ask}{beside}")
        elif quota < needed.bytes:
            yield Check(
                name,
                FAILURE,
                f"it is {_amount(quota)}, but {_amount(needed.bytes)} are needed{beside}",
                f"Ask for a quota of at least {ask}",
            )
        else:
            yield Check(name, OK, f"it is {_amount(quota)}; the data needs {ask}{beside}")

    def check_container(self, container: str, state: ContainerState) -> Iterator[Check]:
        """Compare with the container's own quotas."""
        name = "quota of the destination's container"
        limits = (
            (state.quota_bytes, self.container.bytes, "quota_bytes", _amount),
            (state.quota_count, self.container.objects, "quota_count", _objects),
        )
        small = [
            Check(
                name,
                FAILURE,
                f"container '{container}' may hold {tell(limit)}, but {tell(needed)} are needed",
                f"Set its {setting} to at least {needed}, or to 0 for no limit",
            )
            for limit, needed, setting, tell in limits
            if limit and limit < needed
        ]
        yield from small
        if not small:
            has = any(limit for limit, *_rest in limits)
            yield Check(name, OK, "the data fits" if has else "there is none")


def gib(size: int) -> int:
    """Whole GiB that are enough, as forms ask for them."""
    return math.ceil(size / GIB)


def _amount(size: int) -> str:
    return f"{size / GIB:.2f} GiB" if size >= GIB / 100 else f"{size:,} bytes"


def _objects(number: int) -> str:
    return f"{number:,} objects"
