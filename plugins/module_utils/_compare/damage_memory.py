# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Keeps at the destination what comparisons found damaged there, until it is found repaired."""

from __future__ import annotations

from .._migration.state import Migration
from .._swift.container import Container
from .._swift.container_stat import ContainerStat
from .damage import Damage, digest
from .finding import Finding, Sides, Verdict
from .post_cutover_changes import STRAGGLER

SEEN = frozenset({Verdict.DIFFER, Verdict.UNREADABLE, Verdict.ACCEPTED})


class DamageMemory:
    """What is known of damage at a destination: read at first, written in the end.

    :param container: the destination.
    :param stat: what a HEAD of it has told.
    :param source: identifies the container that is compared with.
    :param in_use: whether what the application has done since the proof is set aside.
    :param check: whether nothing is written.
    :ivar damage: what was remembered before.
    """

    def __init__(
        self,
        container: Container,
        stat: ContainerStat,
        source: str,
        *,
        in_use: bool,
        check: bool,
    ) -> None:
        self._container, self._in_use = container, in_use
        self._now = stat.now()
        migration = Migration.of(stat.headers)
        # Of another source's copy, or of one that nobody migrates, nothing is remembered.
        known = migration is not None and migration.source == source
        self._writes = known and not check
        self.damage = Damage.of(stat.headers) if known else Damage()
        self._damaged: set[str] = set()
        self._failed: set[str] = set()
        self._sound: set[str] = set()

    def note(self, finding: Finding) -> None:
        """Take in what was found of one name."""
        if self._is_damage(finding):
            self._damaged.add(digest(finding.name))
        elif finding.verdict is Verdict.ERROR:
            self._failed.add(digest(finding.name))
        elif self.damage.has(finding.name) and finding.verdict in (Verdict.MATCH, Verdict.WRITTEN):
            self._sound.add(digest(finding.name))

    def keep(self, *, complete: bool = False, whole: bool = False) -> Damage:
        """Write the damage to remember, if it has changed.

        :param complete: all names of both listings were compared, and nothing is wrong.
        :param whole: every object was read, too.
        :returns: the damage to remember; in check mode it is not written.
        :raises MigrationError: it cannot be written.
        """
        after = self.damage.after(
            self._damaged,
            self._sound,
            self._now,
            self._failed,
            complete=complete,
            whole=complete and whole,
        )
        if self._writes and after != self.damage:
            self._container.request("POST", headers=after.headers())
        return after

    def _is_damage(self, finding: Finding) -> bool:
        """Whether the destination's object is damaged, also where its listing does not show that.

        What differs while nobody but the migration writes there is not: the next copy sees it.
        """
        if finding.verdict not in SEEN:
            return False
        if Sides.DESTINATION in finding.withheld | finding.damaged:
            return True
        differs = finding.verdict is Verdict.DIFFER and {"bytes", "hash"} & {*finding.what}
        return self._in_use and bool(differs) and STRAGGLER not in finding.what
