# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Ansible action preflight_report: shows and keeps what a preflight found.  It needs no host."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

from ansible import constants
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._check import (
    FAILURE,
    OK,
    WARNING,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._own_file import replace_own
from ansible_collections.fnndsc.swift_migration.plugins.plugin_utils._preflight_page import page
from ansible_collections.fnndsc.swift_migration.plugins.plugin_utils._preflight_report import (
    PreflightReport,
)
from ansible_collections.fnndsc.swift_migration.plugins.plugin_utils._preflight_table import (
    PreflightTable,
)
from ansible_collections.fnndsc.swift_migration.plugins.plugin_utils._watched_action import dated

_ARGUMENTS = {
    "checks": {"type": "dict", "required": True},
    "forecast": {"type": "dict"},
    "path": {"type": "path", "required": True},
    "title": {"type": "str", "default": "preflight"},
}


class ActionModule(ActionBase):  # type: ignore[misc]  # ansible-core has no types
    """Prints a table, writes two files, and fails if a check has failed."""

    _requires_connection = False

    def run(self, tmp: None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Show the report, and give what it comes to."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        _checked, given = self.validate_argument_spec(_ARGUMENTS)
        moment = datetime.datetime.now(datetime.UTC)
        report = PreflightReport(given["checks"], given["forecast"], moment, given["title"])
        self._show(report)
        result.update(
            changed=False,
            verdict=report.verdict,
            summary=report.summary,
            counts=report.counts,
            msg=report.summary,
            failed=report.verdict == FAILURE,
        )
        if not self._task.check_mode:
            self._keep(report, Path(given["path"]).expanduser(), result)
        return result

    @staticmethod
    def _show(report: PreflightReport) -> None:
        colors = {
            FAILURE: constants.COLOR_ERROR,
            WARNING: constants.COLOR_WARN,
            OK: constants.COLOR_OK,
        }
        display = Display()
        for line in PreflightTable(report, display.columns).lines():
            display.display(line.text, color=colors.get(line.verdict))
        display.display("")
        display.display(report.summary, color=colors[report.verdict])

    @staticmethod
    def _keep(report: PreflightReport, path: Path, result: dict[str, Any]) -> None:
        if not path.name or path.suffix == ".html":
            why = f"path: '{path}' is no name for a JSON file with a page beside it."
            result.update(failed=True, msg=f"{result['msg']}. {why}")
            return
        files = {
            "report": (path, report.to_json()),
            "page": (path.with_suffix(".html"), page(report)),
        }
        for name, (file, content) in files.items():
            kept = dated(file, report.moment)
            try:
                replace_own(kept, content)
                replace_own(file, content)
            except OSError as error:
                why = f"path: cannot write {file} on the controller: {error.strerror}."
                result.update(failed=True, msg=f"{result['msg']}. {why}")
                return
            result[name] = str(kept)
            Display().display(f"the {name} is {kept}")
