# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What HEADs of a sample of the source's objects tell that no listing shows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from .._check import FAILURE, OK, WARNING, Check
from .._cloud.metadata_limits import MetadataLimits
from .._errors import MigrationError
from .._migration.report import ACCEPT
from .._migration.run_context import RunContext
from .._printable import printable
from .._swift.listing import ListedObject
from .._swift.object_headers import DLO_MANIFEST, EXPIRY
from .._swift.symlink import ITSELF
from .._transport.http_messages import Response
from .survey import Named

READABLE, METADATA, EXPIRING = "unreadable objects", "metadata of objects", "expiring objects"
DYNAMIC = "dynamic large objects"


@dataclass
class SampledHeads:
    """Asks for objects, and counts what they show.

    :param limits: what metadata the destination takes.
    """

    limits: MetadataLimits
    objects: int = 0
    expiring: Named = field(default_factory=Named)
    dynamic: Named = field(default_factory=Named)
    unreadable: Named = field(default_factory=Named)
    refused: Named = field(default_factory=Named)
    refusal: str = ""

    def ask(self, context: RunContext, entries: Sequence[ListedObject]) -> None:
        """HEAD each of them, several at once.

        :raises MigrationError: the source cannot be asked.
        """

        def make_worker() -> Callable[[ListedObject], tuple[ListedObject, Response | None]]:
            source = context.source_container()

            def ask(entry: ListedObject) -> tuple[ListedObject, Response | None]:
                answer = source.request("HEAD", entry.name, query=ITSELF, accept=(404,))
                if answer.status == 404 and source.find(entry.name) is None:
                    return entry, None  # it was deleted meanwhile
                return entry, answer

            return ask

        context.executor(make_worker, lambda _result: 0).run(
            iter(entries), lambda result: self.count(*result)
        )

    def count(self, entry: ListedObject, answer: Response | None) -> None:
        """Count one object.

        :param answer: None for one that is not listed any more.
        """
        if answer is None:
            return
        self.objects += 1
        if answer.status == 404:
            self.unreadable.add(entry.name)
            return
        if answer.headers.get(EXPIRY):
            self.expiring.add(entry.name)
        if DLO_MANIFEST in answer.headers:
            self.dynamic.add(entry.name)
        try:
            self.limits.check(answer.headers)
        except MigrationError as error:
            self.refused.add(entry.name)
            self.refusal = self.refusal or error.message

    def checks(self) -> Iterator[Check]:
        """Tell what was found."""
        of = f"of {self.objects:,} that were looked at"
        if self.unreadable.objects:
            yield Check(
                READABLE,
                FAILURE,
                f"{self.unreadable.objects:,} {of} are listed and not there, as "
                f"{printable(self.unreadable.names[0])}: lost, or expired",
                ACCEPT,
            )
        else:
            yield Check(READABLE, OK, f"none {of}")
        if self.refused.objects:
            yield Check(
                METADATA,
                FAILURE,
                f"{self.refused.objects:,} {of} have more than the destination takes, as "
                f"{printable(self.refused.names[0])}: {self.refusal}",
                "Ask the destination's operators for more, or shorten it at the source",
            )
        else:
            yield Check(
                METADATA, OK, f"the destination takes that of all {self.objects:,} looked at"
            )
        if self.expiring.objects:
            yield Check(
                EXPIRING,
                WARNING,
                f"{self.expiring.objects:,} {of} have a time of deletion, as "
                f"{printable(self.expiring.names[0])}",
                "Copies get the same time. One that expires during the migration is no difference",
            )
        else:
            yield Check(EXPIRING, OK, f"none {of}")
        if self.dynamic.objects:
            seen = f"{self.dynamic.objects:,} {of}, as {printable(self.dynamic.names[0])}"
            yield Check(DYNAMIC, OK, f"{seen}; copied with their segments")
