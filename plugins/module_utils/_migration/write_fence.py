# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A fence around the old container: a quota of zero, which refuses what stragglers write."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .._errors import MigrationError
from .._swift.container import Container

QUOTAS = ("x-container-meta-quota-bytes", "x-container-meta-quota-count")
BEFORE = "x-container-meta-migration-fence"
"""Remembers the two quotas that stood before, as ``BYTES/COUNT``; each may be empty."""


@dataclass(frozen=True)
class FenceChange:
    """What was done, or in check mode would be.

    :param changed: whether the fence was raised or lifted.
    :param fenced: whether it stands now; a container that does not exist has none.
    """

    changed: bool
    fenced: bool

    def diff(self) -> dict[str, str]:
        """The change as Ansible's diff mode shows it."""
        before, after = (
            f"fenced: {str(fenced).lower()}\n"
            for fenced in (self.fenced != self.changed, self.fenced)
        )
        return {"before": before, "after": after}


def raise_fence(container: Container, *, check_mode: bool = False) -> FenceChange:
    """Refuse new objects from now on; what is there can be read and deleted.

    A Swift knows a new quota after its cache of containers has expired, a minute by default
    (``recheck_container_existence``).

    :param check_mode: write nothing.
    :raises MigrationError: the container may not be changed.
    """
    stat = container.stat()
    if stat is None or BEFORE in stat.headers:
        return FenceChange(changed=False, fenced=stat is not None)
    before = "/".join(stat.headers.get(quota, "") for quota in QUOTAS)
    if not check_mode:
        container.request("POST", headers={**dict.fromkeys(QUOTAS, "0"), BEFORE: before})
    return FenceChange(changed=True, fenced=True)


def lift_fence(container: Container, *, check_mode: bool = False) -> FenceChange:
    """Give the container the quotas back that it had before.

    :param check_mode: write nothing.
    :raises MigrationError: the container may not be changed.
    """
    stat = container.stat()
    if stat is None or BEFORE not in stat.headers:
        return FenceChange(changed=False, fenced=False)
    quotas = stat.headers[BEFORE].split("/")
    if len(quotas) != len(QUOTAS) or not all(re.fullmatch("[0-9]*", quota) for quota in quotas):
        raise MigrationError(
            f"the fence of {container.what} remembers the quotas '{stat.headers[BEFORE]}', and "
            "no two numbers",
            remedy="Set its quotas by swift_container, and remove the metadata Migration-Fence",
        )
    if not check_mode:
        # An empty value removes metadata (Swift's API reference, "Create, update, or delete
        # container metadata").
        container.request("POST", headers={**dict(zip(QUOTAS, quotas, strict=True)), BEFORE: ""})
    return FenceChange(changed=True, fenced=False)
