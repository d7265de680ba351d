# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What one run of swift_compare is asked to do."""

from __future__ import annotations

import enum
import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .._history.run_history import Asker
from .._migration.name_list import accepted_names
from .._migration.state_dir import STATE_DIR
from .._migration.timetable import Limits, Timetable
from .._swift.container_name import check_names


class Level(enum.Enum):
    """How closely objects are looked at."""

    LISTING = "listing"
    HEADERS = "headers"
    CONTENT = "content"


@dataclass(frozen=True)
class CompareOptions:
    """What a comparison is asked to do.

    :param source: the container's name.  :param destination: likewise.
    :param prefix: only names that begin with it.
    :param sample: of how many objects headers or content are compared; see :class:`Sample`.
    :param ignore_extra: do not mind objects that only the destination has.
    :param set_aside: do not mind what was changed in a destination that is in use.
    :param accept_unreadable: names of objects that may be listed and not readable.
    :param accept_unreadable_file: path of a file with more such names.
    :param segment_containers: other containers of the source from which segments may be read.
    :param concurrency: objects asked for at once, at most.
    :param bandwidth_limit: bytes a second read from the source, at most; 0 for no limit.
    :param requests_per_second: requests to the source, at most; 0 for no limit.
    :param timetable: which other limits hold when.
    :param proof: path of the proof.  :param report: path of the list of differences.
    :param check: write nothing to the destination, not even what was found damaged.
    :param state_dir: folder of the file that tells how far it is.
    :param progress_interval: seconds between two lines about that; 0 for none, and for no file.
    :param asker: who asks for the comparison, for its record.
    :param metrics_dir: folder that gets a file with metrics for Prometheus; None for none.
    """

    source: str
    destination: str
    prefix: str = ""
    level: Level = Level.LISTING
    sample: str = "100%"
    seed: str = ""
    ignore_extra: bool = False
    set_aside: bool = True
    accept_unreadable: Sequence[str] = ()
    accept_unreadable_file: str | None = None
    segment_containers: Sequence[str] = ()
    concurrency: int = 64
    bandwidth_limit: int = 0
    requests_per_second: float = 0
    timetable: Mapping[str, Any] = field(default_factory=dict)
    proof: str | None = None
    report: str | None = None
    state_dir: str = STATE_DIR
    progress_interval: float = 10
    metrics_dir: str | None = None
    check: bool = False
    asker: Asker = field(default_factory=Asker)

    @functools.cached_property
    def accepted(self) -> frozenset[str]:
        """The names of objects that may be listed and not readable.

        :raises MigrationError: the file of them cannot be read.
        """
        return accepted_names(self.accept_unreadable, self.accept_unreadable_file)

    def asked(self) -> dict[str, Any]:
        """What decides how much is compared, for the proof.

        Listings are compared whole, so that a sample means nothing where only they are.
        """
        asked: dict[str, Any] = {"prefix": self.prefix, "level": self.level.value}
        if self.level is not Level.LISTING:
            asked |= {"sample": self.sample, "seed": self.seed}
        return {**asked, "ignore_extra": self.ignore_extra, "set_aside": self.set_aside}

    def check_values(self) -> None:
        """Refuse a wrong value before anything is done.

        :raises MigrationError: naming the option.
        """
        check_names(self.source, self.destination)
        Limits(self.bandwidth_limit, self.requests_per_second, self.concurrency).check()
        Timetable(self.timetable)
