# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A prediction counts only if the preflight has measured something and found nothing wrong."""

from __future__ import annotations

from typing import Any

import pytest

from tests.benchmarks.cases import CASES, with_objects
from tests.benchmarks.preflight_cases import Predicted, first_copy
from tests.benchmarks.process import BenchmarkError

SPAN = {"low": 1.0, "seconds": 2.0, "high": 3.0}


def result(verdict: str, span: dict[str, float] | None) -> dict[str, Any]:
    return {"checks": [{"verdict": verdict}], "forecast": {"first_copy": span}}


def test_the_time_is_the_preflights() -> None:
    assert first_copy(result("warning", SPAN)) == SPAN


@pytest.mark.parametrize(("verdict", "span"), [("failure", SPAN), ("ok", None)])
def test_a_preflight_that_tells_no_time_fails(verdict: str, span: dict[str, float] | None) -> None:
    with pytest.raises(BenchmarkError, match="the preflight fails"):
        first_copy(result(verdict, span))


def test_the_number_of_objects_may_be_given() -> None:
    [case] = [case for case in CASES if case.name == "predicted"]
    given = with_objects(case, 50_000)
    assert isinstance(given, Predicted)
    assert given.objects == 50_000
