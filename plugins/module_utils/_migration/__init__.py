# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What a migration is: its state and lease, its plan and rules, its journal and report.

It copies no object.  It may import ``_swift`` and what that may.
Begin with ``state`` and ``plan``.
"""
