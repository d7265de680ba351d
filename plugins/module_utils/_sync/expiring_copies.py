# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Copies that the destination's server deletes by itself, and objects that the source has deleted."""

from __future__ import annotations

import itertools
import time

from .._migration.journal import FOUND_EXPIRED, Journal
from .._migration.plan import Action, Step
from .._swift.container import Container
from .._swift.listing import ListedObject
from .._swift.object_headers import CLOCKS


class ExpiringCopies:
    """Knows which objects the destination has in this run whose times of deletion were seen.

    :param journal: keeps these times.
    :param container: the source's.
    :param prune: whether the run deletes what the source does not have.
    """

    def __init__(self, journal: Journal, container: str, *, prune: bool) -> None:
        self._journal, self._container = journal, container
        self._stays = {Action.KEEP} if prune else {Action.KEEP, Action.DELETE}
        self._expiries = journal.expiries(container)
        self._next = next(self._expiries, None)

    def see(self, step: Step) -> bool:
        """Look at one step of the plan; they come in the order of names.

        :returns: whether an earlier run has found that the source's object has expired, which its
            listing shows for some time yet.
        """
        if self._next is None:
            return False
        name = step.entry.name
        while self._next is not None and self._next[0] < name:
            self._next = next(self._expiries, None)
        if self._next is None or self._next[0] != name:
            return False
        _name, version, moment = self._next
        if step.action not in self._stays:
            is_source_s = step.action is not Action.DELETE and version == step.entry.version
            return is_source_s and moment == FOUND_EXPIRED
        # What only the destination has tells nothing of when the source's object was changed.
        is_it = version.startswith(f"{step.entry.hash} ")
        if is_it if step.action is Action.DELETE else version == step.entry.version:
            self._journal.note_expiring(self._container, name)
        return False

    def keep(self, entry: ListedObject) -> None:
        """Note an object that was asked for and found to be at the destination as it should be."""
        if self._journal.expiry(self._container, entry) is not None:
            self._journal.note_expiring(self._container, entry.name)

    def gone(self, destination: Container, most: int) -> int:
        """How many of them have come to their times and are not listed there any more.

        :param most: no more are looked for.
        """
        over = self._journal.expiring(self._container, int(time.time()) + CLOCKS)
        gone = (name for name in over if destination.find(name) is None)
        return sum(1 for _name in itertools.islice(gone, most))
