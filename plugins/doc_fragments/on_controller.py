# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Documentation of what an action supports that works on the controller alone."""

from __future__ import annotations


class ModuleDocFragment:
    """Attributes; an action adds ``details`` to check_mode."""

    DOCUMENTATION = r"""
options: {}
attributes:
  action:
    description: Runs on the controller.
    support: full
  check_mode:
    description: Can run in check mode and tell what it would change, without changing it.
    support: full
  diff_mode:
    description: Shows what it changes, or would change, with C(--diff).
    support: none
  platform:
    description: Runs on hosts of this kind.
    support: full
    platforms: posix
"""
