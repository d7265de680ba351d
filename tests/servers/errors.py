# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What the test servers raise."""

from __future__ import annotations


class LabError(Exception):
    """The servers cannot be installed, started or asked; the message says why and where to look."""
