# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What one run of swift_sync is asked to do."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .._history.run_history import Asker
from .._migration.delete_policy import parse_max_delete
from .._migration.name_list import accepted_names, read_names
from .._migration.state_dir import STATE_DIR
from .._migration.timetable import Limits, Timetable
from .._swift.container_name import check_names


@dataclass(frozen=True)
class SyncOptions:
    """What a run is asked to do.

    :param prefix: only names that begin with it.
    :param prune: delete what the source does not have.
    :param accept_extra: begin a migration though the destination holds what the source does not.
    :param max_delete: most deletes allowed, a count or a percentage ("5%") of the destination.
    :param concurrency: objects copied at once, at most.
    :param bandwidth_limit: bytes a second read from the source, at most; 0 for no limit.
    :param requests_per_second: requests to the source, at most; 0 for no limit.
    :param timetable: which other limits hold when.
    :param check: count what would be done, write nothing.
    :param report: path of the file with one line for each object touched.
    :param state_dir: folder of the journal.
    :param lock_timeout: seconds to wait for another run on the same pair.
    :param progress_interval: seconds between two lines about how far it is; 0 for none, and for no
        file about it.
    :param metrics_dir: folder that gets a file with metrics for Prometheus; None for none.
    :param accept_unreadable: names of objects that may be listed and not readable.
    :param accept_unreadable_file: path of a file with more such names.
    :param segment_containers: other containers of the source from which segments may be read.
    :param copy_again: path of a file with names of objects to copy whatever listings and journal
        say.
    :param asker: who asks for the run, for its record.
    """

    source: str
    destination: str
    prefix: str = ""
    prune: bool = False
    accept_extra: bool = False
    max_delete: str = "10%"
    concurrency: int = 64
    bandwidth_limit: int = 0
    requests_per_second: float = 0
    timetable: Mapping[str, Any] = field(default_factory=dict)
    check: bool = False
    report: str | None = None
    state_dir: str = STATE_DIR
    lock_timeout: float = 86400
    progress_interval: float = 10
    metrics_dir: str | None = None
    accept_unreadable: Sequence[str] = ()
    accept_unreadable_file: str | None = None
    segment_containers: Sequence[str] = ()
    copy_again: str | None = None
    asker: Asker = field(default_factory=Asker)

    def check_values(self) -> None:
        """Refuse a wrong value before anything is done.

        :raises MigrationError: naming the option.
        """
        check_names(self.source, self.destination)
        parse_max_delete(self.max_delete, 0)
        Limits(self.bandwidth_limit, self.requests_per_second, self.concurrency).check()
        Timetable(self.timetable)

    @functools.cached_property
    def accepted(self) -> frozenset[str]:
        """The names of objects that may be listed and not readable.

        :raises MigrationError: the file of them cannot be read.
        """
        return accepted_names(self.accept_unreadable, self.accept_unreadable_file)

    @functools.cached_property
    def again(self) -> frozenset[str]:
        """The names of objects to copy whatever listings and journal say.

        :raises MigrationError: the file of them cannot be read.
        """
        return read_names(self.copy_again, "copy_again") if self.copy_again else frozenset()
