# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Ansible action migration_dossier: makes a dossier of a history's records.  It needs no host."""

from __future__ import annotations

import datetime
import getpass
import socket
from pathlib import Path
from typing import Any

from ansible.plugins.action import ActionBase
from ansible.utils.display import Display
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._history.run_record import (
    read_record,
    records,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._own_file import replace_own
from ansible_collections.fnndsc.swift_migration.plugins.plugin_utils._dossier import Dossier
from ansible_collections.fnndsc.swift_migration.plugins.plugin_utils._dossier_page import page
from ansible_collections.fnndsc.swift_migration.plugins.plugin_utils._dossier_plots import (
    NEEDED,
    Plot,
    plots,
)
from ansible_collections.fnndsc.swift_migration.plugins.plugin_utils._dossier_signature import (
    SignatureError,
    signature,
)
from ansible_collections.fnndsc.swift_migration.plugins.plugin_utils._migration_records import (
    MigrationRecords,
)
from ansible_collections.fnndsc.swift_migration.plugins.plugin_utils._watched_action import dated

_ARGUMENTS = {
    "history": {"type": "path", "required": True},
    "path": {"type": "path", "required": True},
    "container": {"type": "str", "default": ""},
    "key": {"type": "path"},
}
_KINDS = ("play", "run")


class ActionModule(ActionBase):  # type: ignore[misc]  # ansible-core has no types
    """Writes a JSON file, its signature and a page."""

    _requires_connection = False

    def run(self, tmp: None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Put the dossier together, and give what it comes to."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        _checked, given = self.validate_argument_spec(_ARGUMENTS)
        result["changed"] = False
        history, path = (Path(given[name]).expanduser() for name in ("history", "path"))
        if not path.name or path.suffix == ".html":
            why = f"path: '{path}' is no name for a JSON file with a page beside it."
            return {**result, "failed": True, "msg": why}
        warnings: list[str] = []
        picked = MigrationRecords.latest(_records(history, warnings), given["container"])
        if not picked.runs:
            of = f" into container '{given['container']}'" if given["container"] else ""
            why = (
                f"history: {history} has no record of a run{of}. A copy, a way back or a comparison"
                " that this controller has made leaves one."
            )
            return {**result, "failed": True, "msg": why, "warnings": warnings}
        moment = datetime.datetime.now(datetime.UTC)
        dossier = Dossier(picked, moment, f"{getpass.getuser()}@{socket.gethostname()}")
        result.update(
            verdict=dossier.content["verdict"],
            summary=dossier.content["summary"],
            msg=dossier.content["summary"],
        )
        if not self._task.check_mode:
            key = Path(given["key"]).expanduser() if given["key"] else None
            _keep(dossier, path, key, result, warnings)
        return {**result, "warnings": warnings}


def _records(history: Path, warnings: list[str]) -> list[dict[str, Any]]:
    """The records of a history.  What is none is told, and keeps no other from being read."""
    found = []
    for path in records(history):
        try:
            record = read_record(path)
            if record["kind"] not in _KINDS:
                raise ValueError
        except (OSError, ValueError, KeyError):
            warnings.append(f"{path} is no record of a run or of a play, and is left out")
        else:
            found.append(record)
    return found


def _keep(
    dossier: Dossier,
    path: Path,
    key: Path | None,
    result: dict[str, Any],
    warnings: list[str],
) -> None:
    """Write the files, the copies that the next run does not replace first."""
    content = dossier.to_json()
    kept = dated(path, dossier.moment)
    files = {
        "dossier": (path.suffix, content),
        "page": (".html", page(dossier.content, _plots(dossier, warnings), kept.name)),
    }
    try:
        if key is not None:
            files["signature"] = (f"{path.suffix}.sig", signature(content, key))
    except SignatureError as error:
        result.update(failed=True, msg=f"key: {error}.")
    try:
        # One of before holds for none of this.
        path.with_suffix(f"{path.suffix}.sig").unlink(missing_ok=True)
        for name, (suffix, written) in files.items():
            for file in (kept, path):
                replace_own(file.with_suffix(suffix), written)
            result[name] = str(kept.with_suffix(suffix))
            Display().display(f"the {name} is {result[name]}")
    except OSError as error:
        why = f"path: cannot write {path} on the controller: {error.strerror}."
        result.update(failed=True, msg=why)


def _plots(dossier: Dossier, warnings: list[str]) -> list[Plot] | None:
    try:
        return plots(dossier.content)
    except ImportError:
        warnings.append(
            f"The page has no plots, as {NEEDED} is not installed on the controller:"
            f" pip install {NEEDED}, and run playbooks/report.yml"
        )
        return None
