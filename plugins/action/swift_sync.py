# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Ansible action swift_sync: runs its module and shows its progress."""

from __future__ import annotations

import json
from typing import Any

from ansible_collections.fnndsc.swift_migration.plugins.plugin_utils._watched_action import (
    WatchedAction,
)

NOT_TOLD = {"diff", "exception", "failed", "in_use", "invocation"}
"""What is no part of the report, beside what begins with an underscore and is Ansible's own."""


class ActionModule(WatchedAction):
    """Shows how far the run is, and keeps its report on the controller."""

    kept_as = "controller_report"

    def content(self, result: dict[str, Any]) -> bytes | None:
        """Give what the module tells, as JSON; nothing of a run that could not begin."""
        if "objects" not in result or result.get("in_use"):
            return None
        told = {
            name: value for name, value in result.items() if name not in NOT_TOLD and name[0] != "_"
        }
        return json.dumps(told, indent=4).encode() + b"\n"
