# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What a run leaves behind: a dated record of it, and the list of its objects.

It knows neither Swift nor what a migration is.  Begin with ``run_history``.
"""
