# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What was found about one name, and how it counts."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection

from .._migration.listing_pair import Both
from .._swift.listing import ListedObject
from .damage import Damage
from .finding import Finding, Sides, Verdict
from .listing_comparison import by_listing
from .object_comparison import ObjectComparison
from .options import Level
from .post_cutover_changes import PostCutoverChanges

DAMAGED_AND_GONE = "destination: found damaged or unreadable{}, and gone since"
WRITTEN_AND_LOST = "destination: written since the proof and listed, but not given"


class Examination:
    """Examines names, by listings, by a look or by a closer one.  For many threads.

    :param make_inspection: called once in each of them.
    :param level: how close the closer look is.
    :param aside: what is not held against a destination in use, None to hold all against it.
    :param accepted: names of objects that may be unreadable.
    :param damage: what comparisons before have found damaged at the destination.
    """

    def __init__(
        self,
        make_inspection: Callable[[], ObjectComparison],
        level: Level,
        aside: PostCutoverChanges | None,
        accepted: Collection[str],
        damage: Damage | None = None,
    ) -> None:
        self._damage = damage or Damage()
        self._make_inspection = make_inspection
        self._level = level
        self._aside = aside
        self._accepted = accepted
        self._local = threading.local()

    def is_doubtful(self, name: str) -> bool:
        """Whether the destination's object was found damaged, and not been found repaired since."""
        return self._damage.has(name)

    def late(self, source: ListedObject | None, destination: ListedObject | None) -> Sides:
        """Which sides have changed their object since the cutover, where that is set aside."""
        return self._aside.late(source, destination) if self._aside else Sides.NEITHER

    def by_listing(
        self, source: ListedObject | None, destination: ListedObject | None, late: Sides
    ) -> Finding | None:
        """What the listings tell; None when only a request for the object can tell.

        :param late: see :meth:`late`.
        """
        written = self._aside.by_listing(source, destination) if self._aside else None
        listed = written or by_listing(source, destination)
        return self._judged(listed, late) if listed else None

    def look(self, name: str, shown: Both, late: Sides) -> Finding:
        """What HEADs tell.

        :param shown: how the listings have shown it.  :param late: see :meth:`late`.
        """
        return self._judged(self._inspection().heads(name, shown), late)

    def look_closer(
        self,
        name: str,
        shown: Both,
        late: Sides,
        listed: Finding | None,
        *,
        is_large: bool = False,
    ) -> Finding:
        """What HEADs or the bytes show, by the level; of a doubtful object always the bytes.

        :param shown: how the listings have shown it.  :param late: see :meth:`late`.
        :param listed: what the listings told.
        :param is_large: whether it is likely a large object.
        """
        inspection = self._inspection()
        if self._level is not Level.CONTENT and not self.is_doubtful(name):
            looked = inspection.heads(name, shown, closely=True)
        else:
            looked = inspection.contents(name, shown, is_large=is_large)
        finding = self._judged(looked, late)
        if listed is None or Verdict.GONE is finding.verdict:
            return finding
        # What identifies an object in the digest must not depend on how closely it was looked at.
        return finding._replace(source=listed.source, destination=listed.destination)

    def _judged(self, finding: Finding, late: Sides) -> Finding:
        judged = self._aside.judge(finding, late) if self._aside else finding
        if judged.verdict is Verdict.EXPIRED and late & judged.lost & Sides.DESTINATION:
            # The application has put another one there since, of which that time says nothing.
            judged = judged._replace(verdict=Verdict.UNREADABLE, what=(WRITTEN_AND_LOST,))
        if judged.verdict is Verdict.DELETED and self.is_doubtful(finding.name):
            when = f" on {self._damage.found}" if self._damage.found else ""
            judged = judged._replace(
                verdict=Verdict.UNREADABLE,
                what=(DAMAGED_AND_GONE.format(when),),
                lost=Sides.DESTINATION,
            )
        return self._accept(judged) if finding.name in self._accepted else judged

    def _accept(self, finding: Finding) -> Finding:
        """Accept an object that the user has named, after another try to read it.

        A large object whose segment is lost answers to HEAD as if nothing was.
        """
        if finding.verdict is Verdict.UNREADABLE:
            return finding._replace(verdict=Verdict.ACCEPTED)
        if finding.verdict not in (Verdict.MISSING, Verdict.DIFFER, Verdict.ERROR):
            return finding
        why = self._inspection().why_unreadable(finding.name)
        return finding._replace(verdict=Verdict.ACCEPTED, what=(why,)) if why else finding

    def _inspection(self) -> ObjectComparison:
        if not hasattr(self._local, "inspection"):
            self._local.inspection = self._make_inspection()
        inspection: ObjectComparison = self._local.inspection
        return inspection
