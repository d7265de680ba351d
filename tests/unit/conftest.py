# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Settings of all unit tests."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

# How long an example takes on a busy machine proves nothing, and `make mutation` runs a method of a
# test class again and again in one process.
# There, a few examples notice most of what many would.
EXAMPLES = 20 if "MUTANT_UNDER_TEST" in os.environ else settings().max_examples
settings.register_profile(
    "unit",
    settings(),
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.differing_executors],
)
settings.load_profile("unit")
