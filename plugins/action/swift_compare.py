# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Ansible action swift_compare: runs its module and shows its progress."""

from __future__ import annotations

from base64 import b64decode
from typing import Any

from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.progress_file import (
    COMPARISON,
)
from ansible_collections.fnndsc.swift_migration.plugins.plugin_utils._watched_action import (
    WatchedAction,
)


class ActionModule(WatchedAction):
    """Shows how far the comparison is, and keeps its proof on the controller."""

    suffix = COMPARISON
    kept_as = "controller_proof"

    def content(self, result: dict[str, Any]) -> bytes | None:
        """Take the proof out of the result."""
        proof = result.pop("proof_content", None)
        return None if proof is None else b64decode(proof)
