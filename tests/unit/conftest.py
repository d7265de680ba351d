# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Settings of all unit tests."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest
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

CPU_SECONDS = 8.0
"""What no test takes of a processor, but with a mutant that never ends."""


@pytest.fixture(autouse=True)
def end_a_mutant_that_never_ends() -> Iterator[None]:
    """Let a test end as by mutmut's own limit, which is many times that of all tests together."""
    if "MUTANT_UNDER_TEST" not in os.environ:
        yield
        return
    signal.signal(signal.SIGPROF, lambda _number, _frame: signal.raise_signal(signal.SIGXCPU))
    signal.setitimer(signal.ITIMER_PROF, CPU_SECONDS)
    yield
    signal.setitimer(signal.ITIMER_PROF, 0)
