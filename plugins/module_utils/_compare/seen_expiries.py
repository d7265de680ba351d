# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""When objects of the source expire, as copies made on this host have seen it."""

from __future__ import annotations

import threading
import time

from .._errors import MigrationError
from .._migration.journal import Journal
from .._swift.listing import ListedObject
from .._swift.object_headers import CLOCKS


class SeenExpiries:
    """Reads the journal of a pair, and only when it is asked.  Nothing is written.

    :param directory: the state directory.
    :param pair: identifies source and destination.
    :param container: the source's container.
    """

    def __init__(self, directory: str, pair: tuple[str, str], container: str) -> None:
        self._where = (directory, pair)
        self._container = container
        self._mutex = threading.Lock()
        self._journal: Journal | None = None

    def have_expired(self, listed: ListedObject) -> bool:
        """Whether a time was seen at which this version was to expire, and has come.

        A journal that cannot be read has seen nothing.
        """
        try:
            with self._mutex:
                self._journal = self._journal or Journal(*self._where, check_mode=True)
            moment = self._journal.expiry(self._container, listed)
        except MigrationError:
            return False
        return moment is not None and moment <= time.time() + CLOCKS
