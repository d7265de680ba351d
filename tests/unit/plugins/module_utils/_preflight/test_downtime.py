# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A downtime is the sum of those of its steps that were measured."""

from __future__ import annotations

from ansible_collections.fnndsc.swift_migration.plugins.module_utils._preflight.downtime import (
    Step,
    downtime,
    total,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._preflight.rates import Span

STOP = Step("it stops", None, "stop")
STEPS = [STOP, Step("it is read", Span(1, 2, 3)), Step("it is copied", Span(10, 20, 30))]


def test_what_was_not_measured_is_named_and_not_summed() -> None:
    assert downtime(STEPS) == {
        "low": 11,
        "seconds": 22,
        "high": 33,
        "steps": [
            {"name": "it stops", "low": None, "seconds": None, "high": None},
            {"name": "it is read", "low": 1, "seconds": 2, "high": 3},
            {"name": "it is copied", "low": 10, "seconds": 20, "high": 30},
        ],
        "not_measured": ["it stops"],
    }


def test_where_nothing_was_measured_no_time_is_known() -> None:
    assert total([STOP]) == Span(0, 0, 0)
    assert downtime([STOP])["not_measured"] == ["it stops"]
