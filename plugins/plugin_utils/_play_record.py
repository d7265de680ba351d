# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The record of a cutover or of a way back: what was done on which host, and when.  Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ansible_collections.fnndsc.swift_migration.plugins.module_utils._check import (
    OK,
    VERDICTS,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._history.run_record import (
    UNFINISHED,
    moment,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._printable import (
    safe_in_json,
)

BROKEN_OFF = "broken off"
"""How a play has ended that was interrupted."""

_WORDS = {
    "swift_sync": ("copying", "copied", "copy"),
    "swift_compare": ("proving", "proved", "prove"),
    "swift_rollback": ("returning", "returned", "copy back"),
    "cube_environment": ("switching", "switched", "switch"),
    "cube_storage_info": ("checking", "checked", "check"),
    "stop": ("stopping", "stopped", "stop"),
    "start": ("starting", "started", "start"),
}
"""What is told when a module begins and when it has ended, and what that step is called."""

_CATALOGUED, _PHASE = "catalogued", "phase"
_STEPS = {ended: step for _begins, ended, step in _WORDS.values()} | {_CATALOGUED: "prove"}
_CATALOGUES = {"swift_catalogue", "cube_catalogue"}
RECORDED = {*_WORDS, "cube_services", "migration_phase", *_CATALOGUES} - {"stop", "start"}
"""The modules that a record tells of."""


class PlayRecord:
    """What a play does, as it goes on.

    :ivar events: in the order of time.
    """

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self._runs: list[str] = []
        self._checks: list[dict[str, Any]] | None = None
        self._begun: dict[tuple[str, str], float] = {}
        self._started: set[str] = set()
        self._times: list[tuple[str, float, bool]] = []
        self._problem = ""

    def began(self, now: float, host: str, module: str, arguments: Mapping[str, Any]) -> None:
        """A module begins to work.

        :param now: seconds since 1970.
        """
        words = self._words(host, module, arguments)
        self._begun[host, module] = now
        if words:
            self._tell(now, words[0], host)
            self._times.append((words[0], now, True))

    def answered(
        self,
        now: float,
        host: str,
        module: str,
        arguments: Mapping[str, Any],
        result: Mapping[str, Any],
    ) -> None:
        """A module has succeeded."""
        if module == "migration_phase":
            if result.get("changed"):
                self._tell(now, _PHASE, host, phase=result.get("phase", ""))
        elif module in _CATALOGUES:
            self._checks = [*(self._checks or []), *result.get("checks", [])]
            self._ended(now, host, module, _CATALOGUED, result)
        elif words := self._words(host, module, arguments):
            self._ended(now, host, module, words[1], result)
            if words[1] == "started":
                self._started.add(host)
            elif words[1] == "stopped":
                self._started.discard(host)

    def refused(
        self,
        now: float,
        host: str,
        module: str,
        arguments: Mapping[str, Any],
        result: Mapping[str, Any],
    ) -> None:
        """A module has failed."""
        words = self._words(host, module, arguments)
        told = _CATALOGUED if module in _CATALOGUES else words[1] if words else ""
        if told:
            self._ended(now, host, module, told, result, ok=False)

    def failed(self, message: str) -> None:
        """A task has failed.  The last of them tells why a play did."""
        self._problem = message or self._problem

    def content(
        self, how: str, hosts: Mapping[str, Sequence[str]], preflight: Mapping[str, Any] | None
    ) -> dict[str, Any]:
        """What the record holds of it.

        :param how: DONE, FAILED, BROKEN_OFF or UNFINISHED.
        :param hosts: those of each group.  :param preflight: what the last one has found.
        """
        told = {
            "how": how,
            "message": self._problem if how not in ("done", UNFINISHED) else "",
            "hosts": {group: list(names) for group, names in hosts.items()},
            "events": self.events,
            "downtime": self._downtime(),
            "runs": self._runs,
            "preflight": _found(preflight),
            "catalogue": self._catalogue(),
        }
        safe: dict[str, Any] = safe_in_json(told)
        return safe

    def _words(
        self, host: str, module: str, arguments: Mapping[str, Any]
    ) -> tuple[str, str, str] | None:
        if module == "cube_services":
            return _WORDS["stop" if arguments.get("state") == "stopped" else "start"]
        # What is looked at before is no part of it.
        if module == "cube_storage_info" and host not in self._started:
            return None
        return _WORDS.get(module)

    def _ended(
        self,
        now: float,
        host: str,
        module: str,
        event: str,
        result: Mapping[str, Any],
        *,
        ok: bool = True,
    ) -> None:
        more: dict[str, Any] = {}
        if not ok:
            more["message"] = str(result.get("msg", ""))
        if path := result.get("kept_record") or result.get("record"):
            more["run"] = Path(str(path)).stem
            self._runs.append(more["run"])
        begun = self._begun.pop((host, module), now)
        self._tell(now, event, host, ok=ok, seconds=round(now - begun, 3), **more)
        self._times.append((event, now, ok))

    def _tell(self, now: float, event: str, host: str, *, ok: bool = True, **more: Any) -> None:
        self.events.append({"at": moment(now), "event": event, "host": host, "ok": ok, **more})

    def _downtime(self) -> dict[str, Any] | None:
        """From the first stop until the application was up again; None if it was not, or is not."""
        first = next((n for n, time in enumerate(self._times) if time[0] == "stopping"), None)
        ups = [n for n, (event, _now, ok) in enumerate(self._times) if ok and event in _UP]
        if first is None or not ups:
            return None
        down = self._times[ups[-1] + 1 :]
        if any(
            event in ("stopping", "starting", "started", "checked") for event, _now, _ok in down
        ):
            return None
        begun = before = self._times[first][1]
        steps: list[dict[str, Any]] = []
        for event, now, _ok in self._times[first : ups[-1] + 1]:
            step = _STEPS.get(event)
            if step is None:
                continue
            if not steps or steps[-1]["step"] != step:
                steps.append({"step": step, "seconds": 0.0})
            steps[-1]["seconds"] = round(steps[-1]["seconds"] + now - before, 3)
            before = now
        return {
            "begun": moment(begun),
            "ended": moment(before),
            "seconds": round(before - begun, 3),
            "steps": steps,
        }

    def _catalogue(self) -> dict[str, Any] | None:
        if self._checks is None:
            return None
        verdicts = {check.get("verdict") for check in self._checks}
        worst = next((each for each in VERDICTS if each in verdicts), OK)
        return {"checks": self._checks, "verdict": worst}


_UP = ("started", "checked")


def _found(preflight: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """What a preflight has found that is not as it should be."""
    if preflight is None:
        return None
    told = {key: preflight.get(key) for key in ("moment", "verdict", "summary", "forecast")}
    checks = preflight.get("checks")
    return {
        **told,
        "checks": [
            check
            for check in (checks if isinstance(checks, list) else [])
            if isinstance(check, dict) and check.get("verdict") != OK
        ],
    }
