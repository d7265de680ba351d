# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A pytest plugin of ``make mutation``: end a mutant with which a test does not end.

mutmut's own limit is many times what all tests of a mutant take together.  Here each test has a
limit of its own, from what it took without a mutant.
"""

from __future__ import annotations

import faulthandler
import os
import signal
from collections.abc import Iterator

import pytest
from mutmut.state import state

NOWHERE = os.open(os.devnull, os.O_WRONLY)
PATIENCE = "MUTANT_PATIENCE"
"""The variable with how often longer a test may take than on an idle machine."""

WAITING, COMPUTING = 1.0, 1.0
"""Seconds, beyond a multiple of its own, that a test may take; and what of a processor."""


def limits(seconds: float, patience: float) -> tuple[float, float]:
    """Return how long a test may take, and how much of a processor, in seconds.

    :param seconds: what it took without a mutant.
    """
    return patience * (WAITING + 2 * seconds), COMPUTING + 4 * seconds


def end(_signal: int, _frame: object) -> None:
    """End this process as mutmut's own limit does."""
    signal.raise_signal(signal.SIGXCPU)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Run a test, no longer than it may take if a mutant is tried."""
    if "__mutmut_" not in os.environ.get("MUTANT_UNDER_TEST", ""):
        return (yield)
    seconds = state().duration_by_test.get(item.nodeid, 0.0)
    waiting, computing = limits(seconds, float(os.environ.get(PATIENCE, "1")))
    # A thread of C, which also ends a process whose threads wait for each other.
    faulthandler.dump_traceback_later(waiting, exit=True, file=NOWHERE)
    signal.signal(signal.SIGPROF, end)
    signal.setitimer(signal.ITIMER_PROF, computing)
    try:
        return (yield)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        faulthandler.cancel_dump_traceback_later()
