# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What a preflight is asked to do."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .._errors import MigrationError
from .._migration.carried_settings import BY_DEFAULT
from .._migration.state_dir import STATE_DIR
from .._migration.timetable import Limits, Timetable
from .._swift.container_name import check_names
from .forecast import PROVED, Application


@dataclass(frozen=True)
class PreflightOptions:
    """What a preflight is asked to do.

    :param source: the name of the container that is to be migrated.
    :param destination: the name of the other one.
    :param s3: the application will ask for its objects over S3, with django-storages.
    :param measure: copy a sample into a scratch container, which is removed again.
    :param accept_extra: the destination may hold what the source does not have.
    :param carry: which settings the destination takes over from the source.
    :param proof_share: of how many objects the proof reads the bytes, between 0 and 1.
    :param application: what is known of the application's own part of the downtime.
    :param timetable: which other limits hold when.
    """

    source: str
    destination: str
    s3: bool = False
    measure: bool = True
    accept_extra: bool = False
    carry: Collection[str] = BY_DEFAULT
    proof_share: float = PROVED
    application: Application = field(default_factory=Application)
    state_dir: str = STATE_DIR
    concurrency: int = 64
    bandwidth_limit: int = 0
    requests_per_second: float = 0
    timetable: Mapping[str, Any] = field(default_factory=dict)
    segment_containers: Sequence[str] = ()
    prefix: str = ""

    def check_values(self) -> None:
        """Refuse a wrong value before anything is done.

        :raises MigrationError: naming the option.
        """
        check_names(self.source, self.destination)
        for name, least in (
            ("concurrency", 1),
            ("bandwidth_limit", 0),
            ("requests_per_second", 0),
            ("proof_share", 0),
        ):
            value = getattr(self, name)
            if value < least:
                raise MigrationError(
                    f"{value} is too small", option=name, remedy=f"Give {least} or more"
                )
        Timetable(self.timetable)

    def limits(self, now: time.struct_time) -> Limits:
        """The limits that hold at a moment.

        :param now: local time.
        """
        usual = Limits(self.bandwidth_limit, self.requests_per_second, self.concurrency)
        return Timetable(self.timetable).limits(usual, now)
