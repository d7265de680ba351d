# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Settings of all unit tests."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

# How long an example takes on a busy machine proves nothing, and `make mutation` runs a method of a
# test class again and again in one process.
settings.register_profile(
    "unit",
    settings(),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.differing_executors],
)
settings.load_profile("unit")
