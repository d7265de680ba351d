# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Whether what a container holds fits into one that is about to get certain settings.  Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass

from .._errors import MigrationError
from .account import Account
from .container_settings import ContainerState

GIB = 1024**3


@dataclass(frozen=True)
class SourceSize:
    """What a container holds that is to be copied.

    :param bytes: size of its objects.
    :param objects: their number.
    :param option_prefix: what the names of options begin with in errors.
    :param remedy: where more quota is asked for; empty if nobody has said so.
    """

    bytes: int
    objects: int
    option_prefix: str = ""
    remedy: str = ""

    def check_container(self, name: str, after: ContainerState) -> None:
        """Compare it with the quotas that a container will have.

        :param after: the container with its new settings.
        :raises MigrationError: naming the option, what is there and what to set.
        """
        bytes_quota, count_quota = after.quota_bytes or 0, after.quota_count or 0
        for quota, needed, amounts, setting in (
            (bytes_quota, self.bytes, (_amount(self.bytes), _amount(bytes_quota)), "quota_bytes"),
            (count_quota, self.objects, (f"{self.objects} objects", count_quota), "quota_count"),
        ):
            if 0 < quota < needed:
                option = f"{self.option_prefix}{setting}"
                raise MigrationError(
                    f"the source holds {amounts[0]}, but container '{name}' may hold {amounts[1]}",
                    option=option,
                    remedy=f"Set {option} to at least {needed}, or to 0 for no limit",
                )

    def check_account(self, account: Account, before: ContainerState) -> None:
        """Compare it with the quota of the account.

        :param before: the container as it is: what it holds is not needed twice.
        :raises MigrationError: naming the quota, what is needed and what to ask for.
        """
        others = max(0, (account.bytes or 0) - before.bytes)
        needed = self.bytes + others
        if not 0 < (account.quota_bytes or 0) < needed:
            return
        ask = f"Ask for a quota of at least {math.ceil(needed / GIB)} GiB"
        raise MigrationError(
            f"the quota of the destination's account is {_amount(account.quota_bytes or 0)}, but "
            f"{_amount(needed)} are needed: {self.bytes} bytes of the source and {others} bytes of "
            "other containers",
            option=f"{self.option_prefix}destination" if self.option_prefix else None,
            remedy=f"{ask}. {self.remedy}",
        )


def _amount(number: int) -> str:
    return f"{number / GIB:.3f} GiB ({number} bytes)"
