# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Which differences are expected once the application writes to the destination.  Pure."""

from __future__ import annotations

from dataclasses import dataclass

from .._migration.divergence import Moments
from .._migration.plan import same_content
from .._migration.state import Migration
from .._swift.listing import ListedObject
from .finding import Finding, Sides, Verdict
from .listing_comparison import listed

STRAGGLER = "source: changed since the application was stopped there"


@dataclass(frozen=True)
class PostCutoverChanges:
    """Distinguishes what the application has done since the proof from loss and damage.

    :ivar moments: of the cutover.
    """

    moments: Moments

    @classmethod
    def of(cls, migration: Migration | None, source: str) -> PostCutoverChanges | None:
        """None while nobody but the migration may have changed the destination.

        :param source: what identifies the container that is compared with; see
            :func:`_migration.identity`.  Of another one the destination's moments tell nothing.
        """
        if migration is None or migration.source != source or not migration.phase.in_use:
            return None
        if not (migration.frozen and migration.verified):
            return None
        return cls(Moments(old=migration.frozen, new=migration.verified))

    def by_listing(
        self, source: ListedObject | None, destination: ListedObject | None
    ) -> Finding | None:
        """What was written since the proof, which needs no request; None for all else."""
        if destination is None or not self._is_written(destination):
            return None
        if source is None:
            return Finding(Verdict.WRITTEN, destination.name, (), None, listed(destination))
        if same_content(source, destination):
            return None
        prints = (listed(source), listed(destination))
        return Finding(Verdict.WRITTEN, destination.name, (), *prints)

    def late(self, source: ListedObject | None, destination: ListedObject | None) -> Sides:
        """Which sides have changed their object since their moment of the cutover."""
        late = Sides.NEITHER
        if source and source.last_modified >= self.moments.old:
            late |= Sides.SOURCE
        if destination and self._is_written(destination):
            late |= Sides.DESTINATION
        return late

    def judge(self, finding: Finding, late: Sides) -> Finding:
        """The finding as it counts now.

        Bytes that do not have the MD5 of their own ETag are damaged, whoever wrote them.  What the
        source got after the application was stopped there never was in the destination: nobody
        has deleted it from there.

        :param late: see :meth:`late`.
        """
        if finding.damaged or finding.verdict not in (
            Verdict.DIFFER,
            Verdict.EXTRA,
            Verdict.MISSING,
        ):
            return finding
        if finding.verdict is not Verdict.MISSING and Sides.DESTINATION in late:
            return finding._replace(verdict=Verdict.WRITTEN)
        if Sides.SOURCE in late:
            return finding._replace(what=(*finding.what, STRAGGLER))
        if finding.verdict is Verdict.MISSING:
            return finding._replace(verdict=Verdict.DELETED)
        return finding

    def _is_written(self, entry: ListedObject) -> bool:
        return entry.last_modified >= self.moments.new
