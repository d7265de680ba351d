# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Ansible action swift_rollback: runs its module and shows its progress."""

from __future__ import annotations

from ansible_collections.fnndsc.swift_migration.plugins.plugin_utils._watched_action import (
    WatchedAction,
)


class ActionModule(WatchedAction):
    """Shows how far the way back is, from the new container to the old one."""

    sides = ("destination", "source")
