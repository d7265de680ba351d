# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What a container's name may be.  Pure."""

from __future__ import annotations

import re

from .._errors import MigrationError

SIDES = ("source", "destination")
"""The two containers of a migration, as options name them."""


SHARED_NAMES = (
    "In some clouds (NERC's Ceph is one) all users share one set of container names: "
    "take another name if somebody else may have this one"
)
"""What to tell of a container that is refused or taken."""


def check_name(name: str) -> None:
    """Refuse what cannot be a container's name.

    :raises MigrationError: it is empty, too long, or has a slash or a control character.
    """
    problem = None
    if not name:
        problem = "a container's name cannot be empty"
    elif "/" in name:
        problem = f"'{name}' has a slash, which ends a container's name"
    elif len(name.encode()) > 256:
        problem = f"the name has {len(name.encode())} bytes of UTF-8, more than 256"
    elif re.search(r"[\x00-\x1f\x7f]", name) or name in (".", ".."):
        problem = f"{name!r} cannot be a container's name"
    if problem:
        raise MigrationError(problem, option="name", remedy="Give another name")


def check_names(source: str, destination: str) -> None:
    """Refuse names that no container can have: an empty one would address the whole account.

    :raises MigrationError: naming the option.
    """
    for side, name in zip(SIDES, (source, destination), strict=True):
        try:
            check_name(name)
        except MigrationError as error:
            raise MigrationError(
                error.message, option=f"{side}.container", remedy=error.remedy
            ) from None
