# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Lets Ansible load the callback plugin whenever a playbook of this folder is run."""

from __future__ import annotations

from ansible_collections.fnndsc.swift_migration.plugins.plugin_utils._play_history import (
    PlayHistory as CallbackModule,
)

__all__ = ["CallbackModule"]
