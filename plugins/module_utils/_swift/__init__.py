# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The containers, objects and listings of one account, and their limits.

It may import ``_cloud`` and ``_transport``.  Begin with ``container`` and ``listing``.
"""
