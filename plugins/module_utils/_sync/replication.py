# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The steps of a plan done: plain objects first, then large ones, deletes last."""

from __future__ import annotations

import contextlib
import functools
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

from .._copy.large_objects import LargeObjects
from .._copy.symlinks import Symlinks
from .._copy.transfers import Transfers
from .._errors import MigrationError
from .._migration.control_file import StoppedError
from .._migration.delete_policy import SegmentDeletes, parse_max_delete
from .._migration.journal import Journal
from .._migration.outcome import Kind, Outcome
from .._migration.plan import Action, Step, plan
from .._migration.progress_file import RUN
from .._migration.rate_estimate import Total
from .._migration.recent_writes import Begin
from .._migration.report import Report, Stage
from .._migration.run_context import RunContext
from .._swift.container_stat import ContainerStat
from .._swift.listing import ListedObject
from .._swift.listing_count import IncompleteListingError, check_listing, lacking
from .._swift.name_probe import NameProbe, is_scratch
from .._transport.postponement import Postponement
from .deletion import Deletion
from .expiring_copies import ExpiringCopies
from .options import SyncOptions
from .postponed_steps import PostponedSteps
from .progress import Progress
from .step_result import StepResult, bytes_carried
from .symlink_steps import SymlinkSteps

Decide = Callable[[ListedObject, ListedObject], Action]

LOCKS = 64
"""How many sets of segments at most are completed at the same time."""


def as_planned(_step: Step) -> bool:
    """Let every step be done."""
    return True


class Replication:
    """Makes the destination hold what its source holds.

    :param compare: decides about two objects of the same name.
    :param compare_segments: decides about two segments of a dynamic large object.
    :param may_do: asked about each step that is not KEEP before it is done.
    :param since: ISO 8601 by the destination's clock; objects there that are older, and that no
        run has proved equal to the source's, are somebody else's and are not deleted.
    :param own_segments: whether the destination's segment containers are the application's own.
    :ivar expiring: the copies that expire.
    """

    def __init__(
        self,
        context: RunContext,
        journal: Journal,
        report: Report,
        options: SyncOptions,
        *,
        compare: Decide,
        compare_segments: Decide,
        may_do: Callable[[Step], bool] = as_planned,
        own_segments: bool = False,
        since: str = "",
    ) -> None:
        self._context, self._journal, self._report = context, journal, report
        self._options = options
        self._compare, self._compare_segments = compare, compare_segments
        self._may_do, self._own_segments, self._since = may_do, own_segments, since
        self._segment_deletes = SegmentDeletes(
            prune=options.prune,
            may_delete=may_do,
            most=lambda: parse_max_delete(options.max_delete, report.destination["objects"]),
        )
        self._dynamic_seen: set[str] = set()
        self._in_segments: set[str] = set()
        self._completing = [threading.Lock() for _lock in range(LOCKS)]
        self.expiring = ExpiringCopies(journal, options.source, prune=options.prune)
        self._transfers = Transfers(context, journal)
        self._postponed = PostponedSteps(journal, context.interrupt)

    @functools.cached_property
    def _dynamic(self) -> set[str]:
        prefix = self._options.prefix
        names = (dynamic.name for dynamic in self._journal.dynamics())
        return {name for name in names if name.startswith(prefix)}

    def run(
        self,
        source: ContainerStat,
        destination: ContainerStat | None,
        first: Callable[[], None] = lambda: None,
        last: Callable[[], None] = lambda: None,
    ) -> None:
        """Do all of it, or in check mode count what would be done.

        Single objects that fail do not end it; they are counted and named in the report.

        :param first: done before anything else is written, while the listings are read.
        :param last: done when all else is.
        :raises MigrationError: no more can be done, or the deletes are not allowed.
        """
        self._transfers.begin = Begin(destination)
        listings = self._context.listings(source, destination)
        first()
        with self._telling_stops(), self._progress(source):
            steps = self._steps(*listings)
            self._copy_plain(steps)
            self._check_listing(source)
            self._report.enter(Stage.LARGE_OBJECTS)
            self._copy_large(
                Step(action, entry)
                for action, entry in self._journal.deferred()
                if not entry.symlink
            )
            self._copy_large(self._completions())
            self._report.enter(Stage.POSTPONED)
            for failed in self._postponed.run(self._copy_plain, self._copy_large):
                self._report.add(*failed)
            SymlinkSteps(self._context, self._journal, self._report, self._symlinks).run()
            if not self._report.lacking:
                self._journal.note_complete(self._options.prefix)
            if self._options.prune:
                self._report.enter(Stage.DELETING)
            Deletion(
                self._context,
                self._transfers,
                self._journal,
                self._report,
                self._options,
                self._since,
            ).run()
            last()
        self._report.estimate_error = self._context.estimate_error

    def _copy_plain(self, steps: Iterator[Step]) -> None:
        self._context.executor(self._worker, bytes_carried).run(steps, self._done)

    def _copy_large(self, steps: Iterator[Step]) -> None:
        self._context.executor(self._large_worker, bytes_carried).run(steps, self._large_done)

    def _progress(self, source: ContainerStat) -> AbstractContextManager[object]:
        options = self._options
        if options.check:
            return contextlib.nullcontext()
        progress = Progress(
            self._report,
            (options.source, options.destination),
            Total() if options.prefix else Total(source.objects, source.size),
            self._transfers.in_flight,
            lambda: self._context.concurrency,
        )
        is_kept = options.progress_interval or options.metrics_dir
        path = self._journal.path.with_suffix(RUN) if is_kept else None
        metrics = self._context.metrics(options.metrics_dir)
        return self._context.controlled(progress, path, metrics)

    @contextlib.contextmanager
    def _telling_stops(self) -> Iterator[None]:
        try:
            yield
        except StoppedError:
            self._report.stopped = True
            raise

    def _steps(
        self, source: Iterator[ListedObject], destination: Iterator[ListedObject]
    ) -> Iterator[Step]:
        origin = self._context.source
        probe = NameProbe(self._context.destination, lambda name: origin.find(name) is not None)
        for step in plan(source, destination, self._compare):
            if step.action is Action.DELETE and is_scratch(step.entry):
                self._remove_scratch(step.entry)
                continue
            self._report.compared(step)
            has_expired = self.expiring.see(step)
            if step.entry.name in self._dynamic and step.action is not Action.DELETE:
                self._dynamic_seen.add(step.entry.name)
            if step.action is Action.KEEP or not self._may_do(step):
                continue
            if has_expired and step.entry.name not in self._options.again:
                self._report.add(step.action, Outcome(Kind.EXPIRED, step.entry.name))
                continue
            # A symlink is looked at in each run, most often only to find it there.
            is_there = bool(step.entry.symlink) and step.existing is not None
            if not (step.action is Action.DELETE or self._options.check or is_there):
                probe.check(step.entry.name)
            if step.action is Action.DELETE:
                self._journal.note_extra(step.entry)
            elif self._has_to_wait(step.entry) and not self._options.check:
                self._journal.defer(step.action, step.entry)
            else:
                yield step

    def _remove_scratch(self, entry: ListedObject) -> None:
        """Remove what a probe of names has left, whose run was killed, or what this one listed."""
        if not self._options.check:
            self._context.destination.request("DELETE", entry.name, accept=(404,))

    def _has_to_wait(self, entry: ListedObject) -> bool:
        """Whether an object is put off, as its listing shows already."""
        return bool(entry.symlink) or entry.size > self._transfers.object_limits.size

    def _check_listing(self, before: ContainerStat) -> None:
        """See that the source's listing was whole.

        :param before: what the source's server counted before it was read.
        :raises IncompleteListingError: it was not; nothing was deleted.
        """
        shown = self._report.source["objects"]
        if self._options.prefix or shown >= before.objects:
            return
        source = self._context.source
        ceph = source.connection.profile().is_ceph
        after = source.stat() or before
        if not lacking(shown, before, after, ceph=ceph):
            return
        again = sum(1 for _entry in source.listing())
        check_listing(again, after, source.stat() or after, source.what, ceph=ceph)
        raise IncompleteListingError(
            f"the listing of {source.what} ended after {shown:,} of {again:,} objects",
            remedy="It is whole now. Run again to copy the rest",
        )

    def _done(self, result: StepResult) -> None:
        outcome = result.outcome
        if outcome.kind not in (Kind.LARGE, Kind.POSTPONED):
            self._report.add(*result)
        if outcome.kind is Kind.COPIED and outcome.name in self._dynamic:
            self._journal.forget_dynamic(outcome.name)

    def _large_done(self, result: StepResult) -> None:
        kind = result.outcome.kind
        # What is completed was counted when its listing was compared.
        is_counted = result.action is Action.KEEP and kind in (Kind.COPIED, Kind.KEPT)
        if kind is not Kind.POSTPONED and not is_counted:
            self._report.add(*result, is_large=True)

    def _worker(self) -> Callable[[Step], StepResult]:
        transfer = self._transfers.make(self._postponed.postponement)
        symlinks = functools.cache(lambda: self._symlinks(self._postponed.postponement))

        def work(step: Step) -> StepResult:
            entry = step.entry
            try:
                self._transfers.object_limits.check_name(
                    transfer.destination.name, entry.name, "it"
                )
            except MigrationError as error:
                return StepResult(step.action, Outcome(Kind.FAILED, entry.name, reason=str(error)))
            if self._options.check and entry.symlink:
                return self._postponed.attempt(step, lambda: symlinks().copy(entry))
            if self._options.check:
                existing = None if entry.name in self._options.again else step.existing
                return self._postponed.attempt(step, lambda: transfer.predict(entry, existing))
            refresh = step.action is Action.REFRESH
            result = self._postponed.attempt(
                step, lambda: transfer.refresh(entry) if refresh else transfer.copy(entry)
            )
            outcome = result.outcome
            if outcome.kind is Kind.LARGE:
                self._journal.defer(step.action, entry)
                if outcome.reason:
                    self._in_segments.add(entry.name)
            if outcome.kind is Kind.KEPT and step.existing is not None:
                self._journal.note_equal(entry, step.existing)
                self.expiring.keep(entry)
            return result

        return work

    def _large_objects(self, postponement: Postponement, *, again: bool = False) -> LargeObjects:
        """Make what copies large objects.

        :param postponement: what it does not wait for.
        :param again: whether nothing that the destination has of them counts.
        """
        return LargeObjects(
            self._transfers.make(postponement),
            self._journal,
            self._compare_segments,
            deletes=self._segment_deletes,
            own_segments=self._own_segments,
            on_segment=self._report.add_segment,
            on_deleted=self._report.add_deleted_segment,
            check=self._options.check,
            again=again,
            in_segments=self._in_segments,
        )

    def _large_worker(self) -> Callable[[Step], StepResult]:
        postponement = self._postponed.postponement
        large = self._large_objects(postponement)
        anew = self._large_objects(postponement, again=True)

        def work(step: Step) -> StepResult:
            entry = step.entry
            copier = anew if entry.name in self._options.again else large

            def do() -> Outcome:
                if step.action is Action.KEEP:
                    return self._complete(large, entry.name)
                return copier.copy(entry)

            return self._postponed.attempt(step, do, is_large=True)

        return work

    def _complete(self, large: LargeObjects, name: str) -> Outcome:
        dynamic = self._journal.dynamic(name)
        segments = hash((dynamic.container, dynamic.prefix))
        # Of two that share their segments only the first copies and counts the new ones.
        with self._completing[segments % len(self._completing)]:
            return large.complete(dynamic)

    def _symlinks(self, postponement: Postponement) -> Symlinks:
        large = self._large_objects(postponement)
        anew = self._large_objects(postponement, again=True)
        again = self._options.again
        return Symlinks(
            self._transfers.make(postponement),
            lambda entry: (anew if entry.name in again else large).copy(entry),
            self._report.symlinks,
            again=again,
            prefix=self._options.prefix,
            check=self._options.check,
        )

    def _completions(self) -> Iterator[Step]:
        """The dynamic large objects that stand: a listing does not show their new segments."""
        if not self._dynamic:
            return
        unseen = self._dynamic - self._dynamic_seen
        for name, _container, _prefix in self._journal.dynamics():
            if name in unseen:
                self._journal.forget_dynamic(name)
            elif name.startswith(self._options.prefix) and not self._journal.was_put_off(name):
                yield Step(Action.KEEP, ListedObject(name, 0, "", "", ""))
