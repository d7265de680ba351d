# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""How long a migration will take, and the downtime of a cutover."""

from __future__ import annotations

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._preflight.forecast import (
    BEGIN,
    Application,
    Forecast,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._preflight.rates import (
    Rates,
    Span,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._preflight.survey import Amount

RATES = Rates(per_object=0.01, per_byte=1e-6)
TOTAL = Amount(10_000, 100_000_000)
QUIET = [Amount(100, 1_000_000)] * 24 + [Amount()] * 144


def test_the_first_copy_takes_what_objects_and_bytes_take() -> None:
    first = Forecast(TOTAL, QUIET, 5.0, RATES).first_copy
    assert first == pytest.approx(BEGIN.plus(Span(200 / 1.3, 200, 200 * 1.3)))


def test_nothing_is_copied_faster_than_it_is_listed() -> None:
    first = Forecast(Amount(1, 1), QUIET, 50.0, RATES).first_copy
    assert first is not None
    assert first.seconds == pytest.approx(BEGIN.seconds + 50)


def test_the_hourly_copy_goes_from_the_usual_to_the_busiest_hour() -> None:
    changes = [*QUIET[:-1], Amount(5000, 50_000_000)]
    forecast = Forecast(TOTAL, changes, 5.0, RATES)
    assert forecast.usual == Amount(100, 1_000_000)
    assert forecast.busiest == Amount(5000, 50_000_000)
    assert forecast.delta == pytest.approx(Span(2 / 1.3, 2.0, 100 * 1.3))


def test_the_downtime_is_told_step_by_step() -> None:
    told = Forecast(TOTAL, QUIET, 5.0, RATES, Application(10.0, 20.0), proved=0.01).to_dict()
    seconds = {step["name"]: step["seconds"] for step in told["downtime"]["steps"]}
    assert seconds == {
        "the application stops": 10,
        "both listings are read": 7,
        "what has changed is copied": 2,
        "both listings are compared": 7,
        "a sample is read on both sides": 2,
        "the application is switched and starts": 20,
    }
    assert told["downtime"]["seconds"] == 48
    assert told["downtime"]["low"] < 48 < told["downtime"]["high"]
    assert told["downtime"]["not_measured"] == []


def test_what_was_not_measured_is_told_as_such() -> None:
    told = Forecast(TOTAL, QUIET, 5.0).to_dict()
    assert (told["objects"], told["bytes"]) == TOTAL
    assert (told["rates"], told["first_copy"], told["hourly_copy"]) == (None, None, None)
    assert told["downtime"]["not_measured"] == [
        "the application stops",
        "what has changed is copied",
        "a sample is read on both sides",
        "the application is switched and starts",
    ]
    assert told["downtime"]["steps"][0] == {
        "name": "the application stops",
        "low": None,
        "seconds": None,
        "high": None,
    }
    assert told["downtime"]["seconds"] == 14
