# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The proof that two containers hold the same objects.

It may import ``_migration`` and what that may, but neither ``_copy`` nor ``_sync``: a proof does
not rest on the code that it judges.  Begin with ``comparison``.
"""
