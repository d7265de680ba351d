# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""How fast swift_sync is, beside rclone and beside a bare loop over libcurl."""
