# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Documentation of what each module supports."""

from __future__ import annotations


class ModuleDocFragment:
    """Attributes; a module adds ``support`` to check_mode and diff_mode."""

    DOCUMENTATION = r"""
options: {}
attributes:
  check_mode:
    description: Can run in check mode and tell what it would change, without changing it.
  diff_mode:
    description: Shows what it changes, or would change, with C(--diff).
  platform:
    description: Runs on hosts of this kind.
    support: full
    platforms: posix
  action_group:
    description: Takes its defaults from C(module_defaults) of this group.
    support: full
    membership:
      - fnndsc.swift_migration.migration
"""
