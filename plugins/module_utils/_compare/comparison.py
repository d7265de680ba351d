# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""One comparison of two containers, which changes nothing."""

from __future__ import annotations

import contextlib
import functools
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from .._cloud.connection import Connection
from .._errors import MigrationError
from .._history import run_record
from .._history.run_history import Told
from .._migration.json_lines import JsonLinesFile
from .._migration.known_runs import COMPARE
from .._migration.listing_pair import ListingPair, stat_of
from .._migration.progress_file import COMPARISON
from .._migration.rate_estimate import Total
from .._migration.recorded_run import recorded_settings, recorded_side
from .._migration.run_context import RunContext
from .._migration.state import Migration, identity
from .._migration.state_dir import state_file
from .._swift.container_stat import ContainerStat
from .._swift.listing import ListedObject
from .._swift.listing_count import IncompleteListingError
from .comparison_error import differences_error, unproved_error
from .comparison_pass import ComparisonPass, Submit
from .damage_memory import DamageMemory
from .examination import Examination
from .finding import Finding, Verdict
from .object_comparison import ObjectComparison
from .options import CompareOptions, Level
from .post_cutover_changes import PostCutoverChanges
from .progress import ComparisonProgress
from .proof import FAULTS, Proof, line
from .sample import Sample
from .seen_expiries import SeenExpiries


class Comparison:
    """One comparison.  ``proof`` tells what was found."""

    def __init__(
        self, source: Connection, destination: Connection, options: CompareOptions
    ) -> None:
        self._options = options
        self._connections = (source, destination)
        self._context = RunContext(
            source, destination, options, what=COMPARE, timetable=options.timetable
        )
        self._began = time.monotonic()
        self._list = JsonLinesFile(options.report)
        self._memory: DamageMemory | None = None
        self._forgotten = ""
        self.proof = Proof(
            options.asked(),
            FAULTS - {Verdict.EXTRA} if options.ignore_extra else FAULTS,
        )

    def run(self) -> None:
        """Compare every name of both containers.

        A comparison that breaks off leaves a proof of that: one of before tells nothing any more.

        :raises MigrationError: a container does not exist, a listing cannot be read, or no object
            can be looked at any more.
        """
        compared: dict[str, dict[str, str]] = {}
        try:
            self._run(compared)
        except MigrationError as error:
            self.proof.problem = str(error)
            self._remember()
            with contextlib.suppress(MigrationError):  # the first error tells more
                self._write_proof(compared)
            raise
        self._write_proof(compared)

    def _run(self, compared: dict[str, dict[str, str]]) -> None:
        self._options.check_values()
        accepted = self._options.accepted
        # It tells of a wrong size before all else.
        sample = Sample(self._options.sample, self._options.seed)
        context = self._context
        source, destination = self._stats()
        identities = {
            "source": identity(context.source, source),
            "destination": identity(context.destination, destination),
        }
        compared |= {
            side: {"container": identities[side], "server": self._server(connection)}
            for side, connection in zip(identities, self._connections, strict=True)
        }
        pair = (identities["source"], identities["destination"])
        expiries = SeenExpiries(self._options.state_dir, pair, self._options.source)
        migration = Migration.of(destination.headers)
        aside = None
        if self._options.set_aside:
            aside = PostCutoverChanges.of(migration, identities["source"])
        self.proof.phase = migration.phase.value if migration else ""
        self.proof.since = aside.moments.new if aside else ""
        self._memory = DamageMemory(
            context.destination,
            destination,
            identities["source"],
            in_use=aside is not None,
            check=self._options.check,
        )
        examination = Examination(
            functools.partial(self._inspection, expiries.have_expired),
            self._options.level,
            aside,
            accepted,
            self._memory.damage,
        )
        everything = self._options.level is Level.CONTENT and sample.is_all
        executor = context.executor(self._make_worker, self._bytes_read)
        with self._recording(identities):
            with self._progress(identities, source):
                with executor.submitting() as submit:
                    try:
                        self._try(submit, examination, (source, destination))
                    except IncompleteListingError:  # a server may be in that state for a moment
                        self.proof.clear()
                        context.history.begin_again()
                        self._try(submit, examination, self._stats())
                self.proof.done = True
                if self._memory.damage.more and not everything:
                    self.proof.problem = str(unproved_error(self._options))
            complete = self.equal and self.proof.complete
            self._remember(complete=complete, whole=complete and everything)

    def _recording(self, identities: dict[str, str]) -> AbstractContextManager[None]:
        context, options = self._context, self._options
        if options.check:
            return contextlib.nullcontext()
        told = Told(
            run_record.COMPARE,
            options.state_dir,
            options.asker,
            lambda: {
                "source": recorded_side(context.source, identities["source"]),
                "destination": recorded_side(context.destination, identities["destination"]),
            },
            recorded_settings(options),
            self.result,
            self.raise_for_differences,
        )
        return context.history.recording(told)

    def _remember(self, *, complete: bool = False, whole: bool = False) -> None:
        """Keep what was found damaged at the destination; see :meth:`DamageMemory.keep`."""
        if self._memory is None:
            return
        try:
            damage = self._memory.keep(complete=complete, whole=whole)
            self.proof.damaged = len(damage.digests)
        except MigrationError as error:
            self._forgotten = str(error)

    def _try(
        self,
        submit: Submit,
        examination: Examination,
        before: tuple[ContainerStat, ContainerStat],
    ) -> None:
        self._list.open()
        try:
            self._compare(submit, examination, before)
        finally:
            self._list.close()

    def _stats(self) -> tuple[ContainerStat, ContainerStat]:
        return stat_of(self._context.source), stat_of(self._context.destination)

    def _write_proof(self, compared: dict[str, dict[str, str]]) -> None:
        if self._options.proof:
            self.proof.write(self._options.proof, compared)

    def _server(self, connection: Connection) -> str:
        """Which server it is and its version, as it says itself, "" where it does not."""
        if not self._options.proof:
            return ""
        try:
            profile = connection.profile()
        except MigrationError:  # what it is called decides nothing
            return ""
        return " ".join(filter(None, (profile.name, profile.version)))

    @property
    def equal(self) -> bool:
        """Whether the destination was found to hold what the source holds."""
        return self.proof.equal

    def raise_for_differences(self) -> None:
        """Raise when the containers were not proved equal.

        :raises MigrationError: how much differs, and the first of it, or why nothing is proved.
        """
        if self.proof.unequal:
            raise differences_error(self.proof, self._options, self._forgotten)
        if not self.equal:
            raise unproved_error(self._options)

    def result(self) -> dict[str, Any]:
        """The values that the module returns."""
        return {
            "changed": False,
            "stopped": self._context.stopped and not self.proof.done,
            "equal": self.equal,
            "complete": self.proof.complete,
            **self.proof.result(),
            "notice": self.proof.notice(self._options.source, self._options.destination),
            "seconds": round(time.monotonic() - self._began, 3),
            "estimate_error": self._context.estimate_error,
            "proof": self._options.proof,
            "report": self._options.report,
            **self._context.history.result(),
        }

    def _progress(
        self, identities: dict[str, str], source: ContainerStat
    ) -> AbstractContextManager[object]:
        options = self._options
        progress = ComparisonProgress(
            self.proof,
            (options.source, options.destination),
            Total() if options.prefix else Total(source.objects, source.size),
        )
        pair = (identities["source"], identities["destination"])
        path = state_file(options.state_dir, pair, COMPARISON)
        is_kept = options.progress_interval or options.metrics_dir
        metrics = self._context.metrics(options.metrics_dir)
        return self._context.controlled(progress, path if is_kept else None, metrics)

    def _compare(
        self,
        submit: Submit,
        examination: Examination,
        before: tuple[ContainerStat, ContainerStat],
    ) -> None:
        names = ListingPair(
            (self._context.source_container, self._context.destination_container),
            self._options.prefix,
            before,
        )
        run = ComparisonPass(self._options, submit, examination, self.proof, self._tell)
        run.read(names)
        names.check(destination=not self._options.ignore_extra)
        run.look_closer()

    def _inspection(self, has_expired: Callable[[ListedObject], bool]) -> ObjectComparison:
        context = self._context
        return ObjectComparison(
            context.source_container(), context.destination_container(), has_expired
        )

    def _bytes_read(self, finding: Finding) -> int:
        if self._options.level is not Level.CONTENT or finding.source is None:
            return 0
        return finding.source.size

    def _tell(self, finding: Finding, *, again: bool = False) -> None:
        history = self._context.history
        if self._memory is not None:
            self._memory.note(finding)
        if finding.source is not None and not again:
            history.listed(finding.source.size)
        history.objects.add(
            finding.name,
            finding.outcome,
            finding.verdict.value,
            finding.size,
            why="; ".join(finding.what),
            again=again,
        )
        if finding.verdict is not Verdict.MATCH:
            self._list.write(line(finding))

    def _make_worker(self) -> Callable[[Callable[[], Finding]], Finding]:
        def work(look: Callable[[], Finding]) -> Finding:
            begun = time.monotonic()
            finding = look()
            seconds = time.monotonic() - begun
            self._context.history.worked(finding.name, self._bytes_read(finding), seconds)
            return finding

        return work
