# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""All that is looked at on the mover before a migration.  The source is only read."""

from __future__ import annotations

import dataclasses
import datetime
import functools
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from .._check import FAILURE, OK, WARNING, Check, attempt
from .._cloud.connection import Connection
from .._errors import MigrationError
from .._migration.listing_pair import stat_of
from .._migration.run_context import RunContext
from .._migration.state import identity
from .._swift.account import Account
from .._swift.container import Container
from .._swift.container_settings import ContainerState
from .._swift.container_stat import ContainerStat
from .._swift.listing_count import check_listing
from .._swift.parallel_listing import container_listing
from .._swift.swift_client import SwiftClient
from .clocks import check_clocks, clock_of_account
from .containers import DESTINATION, SOURCE, check_destination, look_at_source
from .forecast import Forecast
from .heads import READABLE, SampledHeads
from .kinds import check_kinds
from .limits import check_limits, check_s3_names
from .logins import check_login, check_server, check_storage_url
from .measurement import MOST, Measurement, require
from .options import PreflightOptions
from .probed_names import check_names, not_probed
from .rates import Rates
from .room import Room
from .scratch_container import ScratchContainer
from .segments import SEGMENTS, SegmentsBeside
from .settings import VERSIONS, check_old_versions, check_settings
from .state_folder import DISK, STATE, check_disk, check_state_folder
from .survey import Amount, Survey

LISTING, MEASURED = "listing of the source", "measured copy"
QUOTAS, CLOCKS, NAMES, FRONT = "quotas", "clocks", "names at the destination", "names at the front"


class Preflight:
    """Looks at both sides, as far as each of them lets it; one that fails keeps no other back.

    :param front: to the destination as the application reaches it; None if that is no other way.
    :ivar checks: what was found.
    :ivar moved: what tells the source from any other container; None if it could not be asked.
    :ivar survey: of the source's listing; None if it could not be read.
    :ivar forecast: None without a survey.
    """

    def __init__(
        self,
        source: Connection,
        destination: Connection,
        options: PreflightOptions,
        front: Connection | None = None,
    ) -> None:
        self._connections = {"source": source, "destination": destination}
        self._options, self._front = options, front
        self._folder = Path(options.state_dir).expanduser()
        self._context = RunContext(source, destination, options, timetable=options.timetable)
        self.checks: list[Check] = []
        self.moved: dict[str, str] | None = None
        self.survey: Survey | None = None
        self.forecast: Forecast | None = None
        self._spare: int | None = None

    def run(self) -> None:
        """Look at everything.

        :raises MigrationError: an option is wrong, or this process was told to end; what is found
            is told by checks alone.
        """
        self._options.check_values()
        self._attempt(STATE, functools.partial(check_state_folder, self._folder))
        reached = {side for side in self._connections if self._reach(side)}
        source = destination = None
        is_known = False
        if "source" in reached:
            source = self._look(SOURCE, functools.partial(look_at_source, self._context.source))
        if "destination" in reached:
            looked = self._look(DESTINATION, lambda: [self._context.destination.stat()])
            is_known = looked is not None
            destination = looked[0] if looked else None
        if source is None:
            return
        self.moved = {
            "container": self._options.source,
            "storage_url": self._connections["source"].storage_url,
            "identity": identity(self._context.source, source),
        }
        self._read_listing(source, is_known=is_known)
        self._look_at_source(source)
        if is_known:
            self._look_at_both(source, destination)

    def result(self) -> dict[str, Any]:
        """The values that the module returns."""
        return {
            "checks": [check.to_dict() for check in self.checks],
            "moved": self.moved,
            "survey": self.survey.to_dict() if self.survey else None,
            "forecast": self.forecast.to_dict() if self.forecast else None,
        }

    def _reach(self, side: str) -> bool:
        """Log in to one side."""
        connection = self._connections[side]
        for name, look in (
            (f"login to the {side}", check_login),
            (f"address of the {side}", check_storage_url),
            (f"server of the {side}", check_server),
        ):
            found = attempt(name, functools.partial(look, connection, side))
            self.checks += found
            if any(check.verdict == FAILURE for check in found):
                return False
        return True

    def _read_listing(self, stat: ContainerStat, *, is_known: bool) -> None:
        """Survey the source's listing.

        :param is_known: whether the destination could be asked for its limits.
        """
        profile = self._connections["destination"].profile() if is_known else None
        limits = profile.objects if profile else None
        survey = Survey(
            stat.now() or _now(),
            limits.name if limits else 1024,
            limits.size if limits else 5 * 1024**3,
        )
        begun = time.monotonic()

        def look() -> Iterator[Check]:
            context = self._context
            survey.read(container_listing(context.source_container, "", stat.objects))
            seconds = time.monotonic() - begun
            self.survey = survey
            self.forecast = self._forecast(seconds, None)
            check_listing(
                survey.total.objects,
                stat,
                stat_of(context.source),
                context.source.where,
                ceph=context.source.connection.profile().is_ceph,
            )
            total = survey.total
            yield Check(
                LISTING, OK, f"{total.objects:,} objects, {total.bytes:,} bytes in {seconds:.1f} s"
            )

        self._attempt(LISTING, look)

    def _look_at_source(self, stat: ContainerStat) -> None:
        survey = self.survey
        self._attempt(
            VERSIONS, functools.partial(check_old_versions, self._context.source, _state(stat))
        )
        if survey is None:
            return
        self._attempt(DISK, functools.partial(check_disk, self._folder, survey.total.objects))
        if self._options.s3:
            self.checks += check_s3_names(survey)

    def _look_at_both(self, source: ContainerStat, destination: ContainerStat | None) -> None:
        context, options = self._context, self._options
        profile = context.destination.connection.profile()
        self._attempt(CLOCKS, functools.partial(self._check_clocks, source, destination))
        self._attempt(
            DESTINATION,
            functools.partial(
                check_destination,
                (context.source, context.destination),
                (source, destination),
                lambda: context.listings(source, destination),
                accept_extra=options.accept_extra,
            ),
        )
        states = (_state(source), _state(destination))
        self.checks += check_settings(*states, options.carry, profile.features)
        beside = SegmentsBeside(context.source, context.destination, options.segment_containers)
        self._attempt(QUOTAS, functools.partial(self._check_room, source, destination, beside))
        if self.survey is None:
            return
        if self.survey.large.objects or self.survey.over_size.objects:
            self._attempt(SEGMENTS, functools.partial(beside.check_names, profile.objects))
        self.checks += check_limits(self.survey, profile.objects)
        self.checks += check_kinds(self.survey, keeps_symlinks=profile.symlinks)
        self._attempt(READABLE, functools.partial(self._check_heads, self.survey))
        self._measure(self.survey)

    def _check_clocks(
        self, source: ContainerStat, destination: ContainerStat | None
    ) -> Iterator[Check]:
        there = destination.clock if destination else clock_of_account(self._context.destination)
        return check_clocks({"source": source.clock, "destination": there})

    def _check_room(
        self, source: ContainerStat, destination: ContainerStat | None, beside: SegmentsBeside
    ) -> Iterator[Check]:
        there = beside.at_destination()
        held = Amount(destination.objects, destination.size) if destination else Amount()
        room = Room(
            Amount(source.objects, source.size),
            beside.at_source(),
            Amount(there.objects + held.objects, there.bytes + held.bytes),
            Account.of(self._connections["destination"]),
        )
        self._spare = room.spare
        yield from room.check_account()
        yield from room.check_container(self._options.destination, _state(destination))

    def _check_heads(self, survey: Survey) -> Iterator[Check]:
        heads = SampledHeads(self._connections["destination"].profile().metadata)
        heads.ask(self._context, survey.looked_at())
        yield from heads.checks()

    def _measure(self, survey: Survey) -> None:
        """Copy a sample into a scratch container, and probe names there."""
        if not self._options.measure:
            self.checks += not_probed(survey.forms, NAMES)
            return
        if not survey.total.objects:
            return
        if self._spare is not None and self._spare < MOST:
            self.checks += not_probed(survey.forms, NAMES)
            self.checks.append(_no_room(self._spare))
            return
        destination = self._connections["destination"]
        scratch = ScratchContainer(destination, self._options.destination, self._folder)

        def look() -> Iterator[Check]:
            with scratch.made():
                for where, connection in ((NAMES, destination), (FRONT, self._front)):
                    if connection is not None:
                        container = Container(SwiftClient(connection), scratch.name)
                        self.checks += check_names(container, survey.forms, where)
                yield self._copy_sample(survey, scratch.name)

        self._attempt(MEASURED, look)

    def _copy_sample(self, survey: Survey, scratch: str) -> Check:
        """Measure how long copies take.

        :raises MigrationError: nothing could be copied.
        """
        context = RunContext(
            self._connections["source"],
            self._connections["destination"],
            dataclasses.replace(self._options, destination=scratch),
            timetable=self._options.timetable,
        )
        limits = self._options.limits(time.localtime())
        measurement = Measurement(context, bandwidth_limit=limits.bandwidth_limit)
        try:
            measurement.run(survey.classes())
        finally:
            measurement.clear()
        require(measurement.batches, measurement.failure)
        rates = Rates.of(measurement.batches)
        if self.forecast is not None:
            self.forecast = self._forecast(self.forecast.listing, rates)
        copied = len(measurement.targets)
        return Check(MEASURED, OK, f"{copied:,} objects, {context.concurrency} at once at the end")

    def _forecast(self, listing: float, rates: Rates | None) -> Forecast | None:
        if self.survey is None:
            return None
        options = self._options
        return Forecast.of(self.survey, listing, rates, options.application, options.proof_share)

    def _attempt(self, name: str, look: Callable[[], Iterable[Check]]) -> None:
        self.checks += attempt(name, look)

    def _look(self, name: str, look: Callable[[], Any]) -> Any:
        """Give what is there; None if that fails, which is told."""
        try:
            return look()
        except MigrationError as error:
            self.checks.append(Check.failed(name, error))
            return None


def _state(stat: ContainerStat | None) -> ContainerState:
    return ContainerState.of(stat.headers) if stat else ContainerState(exists=False)


def _no_room(spare: int) -> Check:
    return Check(
        MEASURED,
        WARNING,
        f"nothing was copied: the destination's account takes {spare:,} bytes more, and a measured "
        f"copy may need {MOST:,}",
        "Ask for more quota, then run this again",
    )


def _now() -> str:
    """This host's time, as listings write times."""
    now = datetime.datetime.now(datetime.UTC).replace(tzinfo=None)
    return now.isoformat(timespec="microseconds")
