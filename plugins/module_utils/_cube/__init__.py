# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""CUBE's services: what storage they use, stop them, switch their environment, start them.

It imports no other package.  Begin with ``storage_switch`` and ``deployment``.
"""
