# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""When and how the last run of its kind ended, as its progress file tells."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from .._own_file import read_own

DONE, FAILED, STOPPED, KILLED = "done", "failed", "stopped", "killed"


class LastEnd(NamedTuple):
    """The end of a run.

    :param moment: in seconds since 1970; None if there was no run.
    :param success: when one last ended well, likewise.
    :param result: "done", "failed", "stopped" or "killed"; "" if there was no run.
    """

    moment: float | None = None
    success: float | None = None
    result: str = ""

    @classmethod
    def of(cls, state: Mapping[str, Any]) -> LastEnd:
        """The end of the run that has left a state.

        :raises KeyError: it is none.  :raises TypeError: likewise.  :raises ValueError: likewise.
        """
        moment, success, result = float(state["written"]), state.get("last_success"), _result(state)
        if result == DONE:
            success = moment
        return cls(moment, None if success is None else float(success), result)

    @classmethod
    def read(cls, path: Path) -> LastEnd:
        """What the progress file of the run before tells; nothing where it is none."""
        try:
            return cls.of(json.loads(read_own(path)))
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return cls()

    def told(self) -> dict[str, Any]:
        """The same as values for a progress file."""
        return {
            "last_end": self.moment,
            "last_success": self.success,
            "last_result": self.result,
        }


def _result(state: Mapping[str, Any]) -> str:
    if not state["done"]:
        return KILLED
    if state["stopped"]:
        return STOPPED
    return FAILED if state["failed"] else DONE
