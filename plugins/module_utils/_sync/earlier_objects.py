# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Objects that the destination had before the migration, and that the source does not have."""

from __future__ import annotations

from collections.abc import Iterable

from .._errors import MigrationError
from .._migration.plan import Action, plan
from .._swift.listing import ListedObject


def refuse_earlier_objects(
    source: Iterable[ListedObject], destination: Iterable[ListedObject], container: str
) -> None:
    """Refuse a destination that holds what the source does not, before anything is copied there.

    :param source: its whole listing.  :param destination: likewise.
    :param container: the destination's name.
    :raises MigrationError: it does; how many, and the first of them.
    """
    steps = plan(source, destination, lambda *_pair: Action.KEEP)
    names = (step.entry.name for step in steps if step.action is Action.DELETE)
    first = next(names, None)
    if first is None:
        return
    number = 1 + sum(1 for _name in names)
    raise MigrationError(
        f"container '{container}' holds {number:,} objects that the source does not have, though no "
        f"migration has begun there. The first is {first}",
        option="accept_extra",
        remedy="Name another container, or remove them. If they belong there, set it to true: "
        "they are left alone then, whatever prune says",
    )
