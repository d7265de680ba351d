# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""HTTP over libcurl: requests, retries, limits, pools, and a body relayed from a GET into a PUT.

It knows nothing of Swift and imports no other package.  Begin with ``http_client``; ``relay`` is
the way of an object's bytes.
"""
