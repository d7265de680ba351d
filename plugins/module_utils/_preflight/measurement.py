# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A short copy of the source's own objects, and how long it took."""

from __future__ import annotations

import itertools
import random
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from .._copy.transfers import Transfers
from .._errors import MigrationError
from .._migration.outcome import Kind, Outcome
from .._migration.run_context import RunContext
from .._swift.listing import ListedObject
from .._sync.step_result import attempt
from .rates import Batch
from .survey import Amount

KINDS_OF_SIZE = (64 << 10, 4 << 20, 64 << 20)
"""Objects of up to so many bytes each are measured together.  Larger ones would take too long; for
them the rate of bytes counts that the others have."""

SECONDS, OBJECTS, BYTES = 6.0, 1000, 256 << 20
"""Of each kind at most so much is copied."""

MOST = BYTES * len(KINDS_OF_SIZE)
"""Bytes that a measurement copies at most."""

SLICE = 100
"""Objects that are timed together, at least: how much these times differ shows how sure they are."""


class Drawn(NamedTuple):
    """An object that is copied, and under which name."""

    entry: ListedObject
    target: str


class Measurement:
    """Copies samples into a scratch container, as a run would.

    :param context: of the source and the scratch container.
    :param bandwidth_limit: bytes a second that it may read; 0 for no limit.
    :param clock: seconds that only grow.
    :ivar batches: what was copied, and how long it took.
    :ivar failure: why the first object could not be copied.
    :ivar targets: names in the scratch container.
    """

    def __init__(
        self,
        context: RunContext,
        bandwidth_limit: int = 0,
        clock: Callable[[], float] = time.monotonic,
        seed: int = 0,
    ) -> None:
        self._context, self._clock = context, clock
        self._bytes = min(BYTES, round(bandwidth_limit * SECONDS)) if bandwidth_limit else BYTES
        self._transfers = Transfers(context)
        self._random = random.Random(seed)  # noqa: S311 - a sample is no secret
        self._number = itertools.count()
        self.batches: list[Batch] = []
        self.failure = ""
        self.targets: list[str] = []

    def run(self, classes: Iterable[tuple[Amount, list[ListedObject]]]) -> None:
        """Measure each kind of size that the source has.

        :param classes: of sizes, how much each has, and a sample of it.
        :raises MigrationError: nothing can be copied.
        """
        limit = self._transfers.object_limits.size
        weighted = [
            (entry, amount.objects / len(sample))
            for amount, sample in classes
            for entry in sample
            if entry.size <= limit and not (entry.slo_etag or entry.symlink)
        ]
        least = -1
        for most in KINDS_OF_SIZE:
            kind = [each for each in weighted if least < each[0].size <= most]
            if kind:
                entries, weights = zip(*kind, strict=True)
                self._measure(self._random.choices(entries, weights, k=OBJECTS))
            least = most

    def clear(self) -> None:
        """Delete the copies, several at once."""

        def make_worker() -> Callable[[str], None]:
            container = self._context.destination_container()

            def delete(name: str) -> None:
                container.request("DELETE", name, accept=(404,))

            return delete

        self._context.executor(make_worker, lambda _done: 0).run(
            iter(self.targets), lambda _done: None
        )

    def _measure(self, entries: Sequence[ListedObject]) -> None:
        begun = self._clock()
        ended: list[tuple[float, int]] = []

        def done(outcome: Outcome) -> None:
            if outcome.kind is Kind.COPIED:
                ended.append((self._clock(), outcome.size))
            elif outcome.reason and not self.failure:
                self.failure = f"{outcome.name}: {outcome.reason}"

        def make_worker() -> Callable[[Drawn], Outcome]:
            transfer = self._transfers.make()
            return lambda drawn: attempt(
                drawn.entry.name, lambda: transfer.copy(drawn.entry, drawn.target)
            )

        self._context.executor(make_worker, lambda outcome: outcome.size).run(
            self._drawn(entries, begun), done
        )
        self.batches += timed(begun, ended)

    def _drawn(self, entries: Sequence[ListedObject], begun: float) -> Iterator[Drawn]:
        size = 0
        for entry in entries:
            if self._clock() - begun > SECONDS or (size and size + entry.size > self._bytes):
                return
            size += entry.size
            target = f"{next(self._number):06}"
            self.targets.append(target)
            yield Drawn(entry, target)


def timed(begun: float, ended: Sequence[tuple[float, int]]) -> list[Batch]:
    """Cut what was copied into slices.

    The first of several is left out: connections were made and more threads begun in it.

    :param begun: when the first object was.  :param ended: when each was copied, and its bytes.
    """
    number = max(1, len(ended) // SLICE)
    bounds = [round(part * len(ended) / number) for part in range(number + 1)]
    batches = []
    for first, last in itertools.pairwise(bounds):
        since = ended[first - 1][0] if first else begun
        if last > first:
            size = sum(each for _moment, each in ended[first:last])
            batches.append(Batch(last - first, size, ended[last - 1][0] - since))
    return batches[1:] if len(batches) > 1 else batches


def require(batches: Sequence[Batch], failure: str) -> None:
    """Refuse a measurement in which nothing was copied.

    :raises MigrationError: telling why.
    """
    if not batches:
        raise MigrationError(
            f"nothing could be copied: {failure}"
            if failure
            else "the source has no plain objects that are small enough to be measured with"
        )
