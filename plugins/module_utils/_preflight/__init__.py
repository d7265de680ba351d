# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What is looked at before a migration: both clouds, the source's listing, how long it will take.

It may import ``_sync``, ``_cube`` and what these may.  Begin with ``preflight``, then ``survey``.
"""
