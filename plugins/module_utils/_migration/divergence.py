# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What has changed since the cutover, on which side.  Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from .._swift.listing import ListedObject
from .plan import Action, Step, same_content


class Moments(NamedTuple):
    """When each side was last known to be the other's equal, ISO 8601 by its own clock.

    :param old: when the application that used the old container was stopped.
    :param new: when the new container was proved equal to it.
    """

    old: str
    new: str


class Divergence:
    """Decides what goes back from the new container to the old one.

    What was not changed on the new side since it was proved equal needs nothing, so that a way back
    after a short time costs little.  What was changed on the old side after the application was
    stopped there is somebody else's, and is never overwritten or deleted.

    :param proved_equal: tells of a pair that only requests can prove equal whether that was done.
    """

    def __init__(
        self, moments: Moments, proved_equal: Callable[[ListedObject, ListedObject], bool]
    ) -> None:
        self._moments = moments
        self._proved_equal = proved_equal

    def decide(self, new: ListedObject, old: ListedObject) -> Action:
        """Decide about one name that both sides have."""
        if self._proved_equal(new, old) or not (self._new_changed(new) or self._old_changed(old)):
            return Action.KEEP
        return Action.REFRESH if same_content(new, old) else Action.REPLACE

    def segments(self, new: ListedObject, old: ListedObject) -> Action:
        """Decide about two segments of a dynamic large object."""
        if self._proved_equal(new, old):
            return Action.KEEP
        return Action.REFRESH if same_content(new, old) else Action.REPLACE

    def conflict(self, step: Step) -> str:
        """Why a step would overwrite or delete what somebody else wrote to the old side, or ""."""
        if step.action is Action.DELETE:
            changed = self._old_changed(step.entry)
            return "only the old container has it, since the cutover" if changed else ""
        if step.existing is None or not self._old_changed(step.existing):
            return ""
        if self._new_changed(step.entry):
            return "both were changed since the cutover"
        return "the old container's was changed since the cutover"

    def _new_changed(self, entry: ListedObject) -> bool:
        return entry.last_modified >= self._moments.new

    def _old_changed(self, entry: ListedObject) -> bool:
        return entry.last_modified >= self._moments.old
