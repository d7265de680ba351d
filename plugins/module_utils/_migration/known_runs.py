# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The runs between two containers that this host knows of, from their progress files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from .._own_file import read_own
from .progress_file import COMPARISON, RUN, STALE

SYNC, ROLLBACK, COMPARE = "swift_sync", "swift_rollback", "swift_compare"


class KnownRun(NamedTuple):
    """What the last run of its kind has told of itself.

    :param what: the module that it is, or was.
    :param path: its progress file.
    :param state: what that holds; moments are in seconds since 1970.
    """

    what: str
    path: Path
    state: dict[str, Any]

    def goes_on(self, now: float) -> bool:
        """Whether it still tells how far it is.

        :param now: in seconds since 1970.
        """
        return not self.state["done"] and now - float(self.state["written"]) < STALE

    def result(self, now: float) -> dict[str, Any]:
        """The values that a module returns of it.

        :param now: in seconds since 1970.
        """
        goes_on = self.goes_on(now)
        return {
            "what": self.what,
            "goes_on": goes_on,
            "broken_off": not goes_on and not self.state["done"],
            **self.state,
        }


def known_runs(folder: Path, source: str, destination: str) -> Iterator[KnownRun]:
    """Read the progress files of a state directory; what is none is left out.

    :param source: the name of the migration's source container; a way back has it as its second.
    :param destination: the name of the other one.
    :raises OSError: the folder or a file cannot be read, or somebody else may have written it.
    """
    there, back = [source, destination], [destination, source]
    for path in sorted(folder.iterdir()) if folder.exists() else ():
        if path.suffix not in (RUN, COMPARISON):
            continue
        state = _state(read_own(path))
        if path.suffix == COMPARISON and state.get("containers") == there:
            yield KnownRun(COMPARE, path, state)
        elif path.suffix == RUN and state.get("containers") in (there, back):
            yield KnownRun(_what(state, there), path, state)


def _what(state: dict[str, Any], there: list[str]) -> str:
    """Which module it is: containers of one name do not tell."""
    return str(state.get("what") or (SYNC if state["containers"] == there else ROLLBACK))


def _state(content: bytes) -> dict[str, Any]:
    """What a progress file holds; nothing if it is none."""
    try:
        found = json.loads(content)
    except ValueError:
        return {}
    if not isinstance(found, dict) or not {"containers", "written", "done"} <= found.keys():
        return {}
    return found
