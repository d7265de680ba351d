# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Whole runs: there (``sync``), back (``rollback``), and their deletes.

It may import ``_copy`` and what that may.  Begin with ``sync``, then ``replication``.
"""
