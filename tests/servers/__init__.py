# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Two real Swift clusters and a real Keystone on loopback, as any user, for tests and the demo.

The standard library is all it needs; the servers live in a virtual environment that it makes.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.servers.access_log import AccessLog, Request
    from tests.servers.errors import LabError
    from tests.servers.lab import Lab
    from tests.servers.settings import Settings

__all__ = ["AccessLog", "Lab", "LabError", "Request", "Settings"]

HOMES = {
    "AccessLog": "access_log",
    "Lab": "lab",
    "LabError": "errors",
    "Request": "access_log",
    "Settings": "settings",
}
"""Where each name is, which is imported when it is asked for: who needs ports only waits less."""


def __getattr__(name: str) -> object:
    if name not in HOMES:
        raise AttributeError(name)
    return getattr(import_module(f"{__name__}.{HOMES[name]}"), name)
