# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The file with a run's metrics, for the textfile collector of node_exporter."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping
from pathlib import Path

from .._own_file import replace_own
from .exposition import exposition
from .last_end import LastEnd
from .run_metrics import State, counters, families

_LOGGER = logging.getLogger(__name__)


class MetricsFile:
    """One file for each kind of run between each two containers.

    It is replaced as a whole, and readable for all: who collects it is another user.  That it
    cannot be written is warned of once: the run matters.

    :param folder: there already; the collector reads it.
    :param labels: of all samples; they name the file, so that no two files have the same samples.
    """

    def __init__(self, folder: str, labels: Mapping[str, str]) -> None:
        named = hashlib.sha256("\n".join(labels.values()).encode()).hexdigest()[:16]
        self.path = Path(folder).expanduser() / f"swift_migration_{named}.prom"
        self._labels = labels
        self._highest: dict[str, int] = {}
        self._warned = False

    def write(self, state: State) -> None:
        """Tell how far the run is.

        :param state: see :func:`.run_metrics.families`.
        """
        # What came of an object that is copied anew counts no more, but a counter never falls.
        for key, value in counters(state).items():
            self._highest[key] = max(value, self._highest.get(key, 0))
        told = {**state, **self._highest}
        if state["done"]:
            told |= LastEnd.of(state).told()
        text = exposition(families(told), self._labels)
        try:
            replace_own(self.path, text.encode(errors="replace"), mode=0o644)
        except OSError as error:
            self._warn(error)

    def _warn(self, error: OSError) -> None:
        if not self._warned:
            self._warned = True
            _LOGGER.warning("metrics_dir: cannot write %s: %s.", self.path, error.strerror)
