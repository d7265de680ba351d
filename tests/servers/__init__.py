# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Two real Swift clusters and a real Keystone on loopback, as any user, for tests and the demo.

The standard library is all it needs; the servers live in a virtual environment that it makes.
"""

from __future__ import annotations

from tests.servers.access_log import AccessLog, Request
from tests.servers.errors import LabError
from tests.servers.lab import Lab
from tests.servers.settings import Settings

__all__ = ["AccessLog", "Lab", "LabError", "Request", "Settings"]
