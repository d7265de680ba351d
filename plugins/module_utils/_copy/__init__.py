# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""One object copied, whatever it is: plain, in segments, or a large object with its segments.

It may import ``_migration`` and what that may.  Begin with ``transfer``, then ``large_objects``.
"""
