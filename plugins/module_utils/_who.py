# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Who runs this process, and where."""

from __future__ import annotations

import getpass
import os
import socket


def who() -> str:
    """The user and the host, as ``chris@dmz``."""
    return f"{_user()}@{socket.gethostname()}"


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # as in a container that is run as some number
        return str(os.getuid())
