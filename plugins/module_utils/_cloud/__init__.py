# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""One cloud: log in to it, find its object store, learn what that can do.

It may import ``_transport``.  Begin with ``connection``.
"""
