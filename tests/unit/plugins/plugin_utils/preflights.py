# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What a preflight may have found, for the tests of its report."""

from __future__ import annotations

import datetime
from typing import Any

from ansible_collections.fnndsc.swift_migration.plugins.plugin_utils._preflight_report import (
    PreflightReport,
)

MOMENT = datetime.datetime(2026, 11, 29, 11, 20, tzinfo=datetime.UTC)
FORECAST: dict[str, Any] = {
    "first_copy": {"low": 720.0, "seconds": 800.0, "high": 900.0},
    "hourly_copy": {"low": 1.0, "seconds": 2.0, "high": 4.6},
    "downtime": {
        "low": 31.0,
        "seconds": 40.4,
        "high": 60.0,
        "steps": [
            {"name": "the application stops", "low": None, "seconds": None, "high": None},
            {"name": "both listings are read", "low": 4.0, "seconds": 5.0, "high": 9.0},
        ],
        "not_measured": ["the application stops"],
    },
}


def check(name: str, verdict: str, seen: str = "seen", remedy: str = "") -> dict[str, str]:
    return {"name": name, "verdict": verdict, "seen": seen, "remedy": remedy}


def report(
    *checks: dict[str, str], forecast: dict[str, Any] | None = None, **more: list[dict[str, str]]
) -> PreflightReport:
    """What the mover found, and hosts of other names."""
    hosts = {"mover": list(checks), **more} if checks else more
    return PreflightReport(hosts, forecast, MOMENT)
