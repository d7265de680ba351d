# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Whether the data fits into the destination's quotas, known before the first object is copied."""

from __future__ import annotations

from collections.abc import Mapping

from .._errors import MigrationError
from .._transport.header import number, whole_number
from .account import Account

GIB = 1024**3


def check_room(
    *,
    needed_bytes: int,
    needed_objects: int,
    container: Mapping[str, str],
    account: Account,
) -> None:
    """Compare the source's size with the destination's quotas.

    :param needed_bytes: bytes that the destination container will hold.
    :param needed_objects: objects that it will hold.
    :param container: headers of the destination container, names in lower case; empty if none yet.
    :param account: its account.
    :raises MigrationError: naming the quota, what is needed, and what to ask for.
    """
    limits = (
        ("container", "bytes", _limit(container, "bytes"), 0),
        ("container", "objects", _limit(container, "count"), 0),
        (
            "account",
            "bytes",
            account.quota_bytes,
            _elsewhere(container, account),
        ),
    )
    for where, what, limit, taken in limits:
        if limit is None:
            continue
        needed = (needed_bytes if what == "bytes" else needed_objects) + taken
        if needed > limit:
            beside = f", {_amount(taken, what)} of it taken by other containers" if taken else ""
            raise MigrationError(
                f"the {where}'s quota is {_amount(limit, what)}, "
                f"{_amount(needed, what)} are needed{beside}",
                option="destination",
                remedy=f"Ask for a {where} quota of at least {_amount(needed, what)}",
            )


def describe_need(needed_bytes: int, needed_objects: int) -> str:
    """Say how much room there must be, for whom a server that is full asks for more."""
    return f"the source has {_amount(needed_bytes, 'bytes')}, {_amount(needed_objects, 'objects')}"


def _limit(container: Mapping[str, str], what: str) -> int | None:
    return whole_number(container.get(f"x-container-meta-quota-{what}", ""))


def _elsewhere(container: Mapping[str, str], account: Account) -> int:
    return max(0, (account.bytes or 0) - number(container, "x-container-bytes-used"))


def _amount(number: int, what: str) -> str:
    if what == "objects":
        return f"{number:,} objects"
    return (
        f"{number:,} bytes ({number / GIB:.2f} GiB)" if number >= GIB / 100 else f"{number:,} bytes"
    )
