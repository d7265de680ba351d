# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Ansible action migration_hooks: tells the user's hooks.  It needs no host."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ansible.plugins.action import ActionBase
from ansible.utils.display import Display
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.state_dir import (
    STATE_DIR,
)
from ansible_collections.fnndsc.swift_migration.plugins.plugin_utils import _hooks
from ansible_collections.fnndsc.swift_migration.plugins.plugin_utils._hooks import PHASE, RUN

_ARGUMENTS = {
    "hooks": {"type": "list", "elements": "dict", "required": True, "options": _hooks.OPTIONS},
    "source": {"type": "str", "required": True},
    "destination": {"type": "str", "required": True},
    "phase": {"type": "dict"},
    "run": {"type": "str"},
    "result": {"type": "dict"},
    "record_dir": {"type": "path", "default": f"{STATE_DIR}/hooks"},
}

_TOLD_OF_A_RUN = ("objects", "bytes_copied", "equal", "complete", "seconds", "objects_per_second")
_LONGEST_MESSAGE = 2000


class ActionModule(ActionBase):  # type: ignore[misc]  # ansible-core has no types
    """Tells hooks, and warns of what goes wrong; but for wrong options it never fails."""

    _requires_connection = False

    def run(self, tmp: None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Tell the hooks."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        _checked, given = self.validate_argument_spec(
            _ARGUMENTS, mutually_exclusive=[(PHASE, RUN)], required_one_of=[(PHASE, RUN)]
        )
        result["changed"] = False
        for number, hook in enumerate(given["hooks"], 1):
            if why := _hooks.wrong(hook):
                result.update(failed=True, msg=f"hooks: hook {number}: {why}.")
                return result
        if self._task.check_mode:
            return result
        mover = str((task_vars or {}).get("inventory_hostname", ""))
        found = self._tell(given, mover)
        for problem in found["problems"]:
            Display().warning(f"{problem}. The migration goes on.")
        return {**result, **found}

    def _tell(self, given: Mapping[str, Any], mover: str) -> dict[str, Any]:
        pair = {"source": given["source"], "destination": given["destination"]}
        common = {"at": _now(), "mover": mover, **pair}
        try:
            if given["run"]:
                event = {"event": RUN, **common, "run": given["run"], **_run(given["result"] or {})}
                return _hooks.tell(given["hooks"], event)
            phase = given["phase"]
            folder = Path(given["record_dir"]).expanduser()
            return _hooks.tell(
                given["hooks"],
                {"event": PHASE, **common, **_phase(phase)},
                _hooks.record_path(folder, mover, *pair.values()),
                is_new=bool(phase.get("changed")),
            )
        except (OSError, TypeError, ValueError) as error:
            why = getattr(error, "strerror", None) or type(error).__name__
            return {"told": False, "problems": [f"hooks could not be told: {why}"]}


def _phase(found: Mapping[str, Any]) -> dict[str, Any]:
    """What a phase's event tells, of what migration_phase has returned."""
    return {
        "phase": str(found.get("phase", "")),
        "since": str(found.get("since", "")),
        "migration": str(found.get("source", "")),
    }


def _run(found: Mapping[str, Any]) -> dict[str, Any]:
    """What the event of a run's end tells, of what its module has returned."""
    ended = "stopped" if found.get("stopped") else "failed" if found.get("failed") else "done"
    return {
        "result": ended,
        "message": str(found.get("msg", ""))[:_LONGEST_MESSAGE],
        **{key: found[key] for key in _TOLD_OF_A_RUN if key in found},
    }


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds")
