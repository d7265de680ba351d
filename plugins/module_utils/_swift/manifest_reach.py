# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The containers to which manifests of large objects and symlinks may lead.  Pure."""

from __future__ import annotations

from collections.abc import Collection

from .._errors import MigrationError


class ReachError(MigrationError):
    """Objects of a container may not be read."""


class ManifestReach:
    """Lets manifests and symlinks lead to a container's own segments and where the user lets them.

    A Swift asks who reads a dynamic large object whether they may read its segments, and never who
    wrote it.  The migration reads as the owner of the account.  So a user who may write to one
    container could have it copy another one, which this user may not read.

    :param container: whose objects are migrated.
    :param others: the containers that the user lists; ``ACCOUNT/CONTAINER`` for one of another
        account.
    """

    def __init__(self, container: str, others: Collection[str] = ()) -> None:
        self._named = {container, f"{container}_segments", f"{container}+segments", *others}

    def check(self, container: str, what: str = "a manifest") -> None:
        """See that objects may be read from a container.

        :param what: leads there.
        :raises ReachError: they may not.
        """
        if container not in self._named:
            raise ReachError(
                f"{what} leads to container '{container}', which was not read",
                option="segment_containers",
                remedy=f"List '{container}' if all who may read the object may read that container",
            )
