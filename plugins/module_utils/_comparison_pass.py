# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""One pass over both listings: each name is examined, and those of a sample more closely."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future

from ansible_collections.fnndsc.swift_migration.plugins.module_utils._compare_options import (
    CompareOptions,
    Level,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._examination import (
    Examination,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._finding import (
    Finding,
    Sides,
    Verdict,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._gated_pool import (
    GatedPool,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._listing_pair import (
    Both,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._ordered_findings import (
    in_order,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._proof import (
    Proof,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._sample import (
    Sample,
)


class ComparisonPass:
    """Examines every name once.

    :param tell: told each finding, in no order.
    :param proof: counts them.
    """

    def __init__(
        self,
        options: CompareOptions,
        pool: GatedPool[Finding],
        examination: Examination,
        proof: Proof,
        tell: Callable[[Finding], None],
    ) -> None:
        self._pool, self._examination = pool, examination
        self._proof, self._tell = proof, tell
        self._closer = options.level is not Level.LISTING
        self._sample = Sample(options.sample, options.seed)

    def read(self, names: Iterable[Both]) -> None:
        """Examine the names of both listings as they come.

        :raises MigrationError: no object can be asked for any more.
        """
        for (late, closer), finding in in_order(self._looked(names)):
            self._tell(finding)
            self._proof.add(finding, closer=closer)
            if self._closer and not closer and finding.verdict is Verdict.MATCH:
                self._sample.offer(finding.name, late.value)

    def look_closer(self) -> None:
        """Look more closely at those of the sample that were not known while listings were read.

        :raises MigrationError: no object can be asked for any more.
        """
        self._proof.sample_size = len(self._sample)
        look = self._examination.look_closer
        for _late, finding in in_order(
            (late, self._pool.submit(look, name, Sides.BOTH, Sides(late), None))
            for name, late in self._sample.rest()
        ):
            self._tell(finding)
            self._proof.correct(finding)

    def _looked(
        self, names: Iterable[Both]
    ) -> Iterator[tuple[tuple[Sides, bool], Finding | Future[Finding]]]:
        """Yield who changed a name, whether it is looked at more closely, and the finding."""
        examination, submit = self._examination, self._pool.submit
        for both in names:
            name, shown, late = _name(both), _shown(both), examination.late(*both)
            listed = examination.by_listing(*both, late)
            drawn = self._closer and self._sample.has(name)
            if drawn or examination.is_doubtful(name):
                large = listed is None and _may_be_large(both)
                looked = submit(examination.look_closer, name, shown, late, listed, is_large=large)
                yield (late, True), looked
            else:
                yield (late, False), listed or submit(examination.look, name, shown, late)


def _name(both: Both) -> str:
    return next(entry.name for entry in both if entry is not None)


def _shown(both: Both) -> Sides:
    source, destination = both
    if source and destination:
        return Sides.BOTH
    return Sides.SOURCE if source else Sides.DESTINATION


def _may_be_large(both: Both) -> bool:
    """Whether both sides have it, and not as an empty one, which is to be read as soon."""
    source, destination = both
    return bool(source and destination and (source.size or destination.size))
