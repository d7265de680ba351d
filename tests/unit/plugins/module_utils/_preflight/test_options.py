# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What a preflight may be asked to do."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.timetable import (
    Limits,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._preflight.options import (
    PreflightOptions,
)

from tests.unit.plugins.module_utils._migration.test_timetable import at

LEAST = {"concurrency": 1, "bandwidth_limit": 0, "requests_per_second": 0, "proof_share": 0}


def options(**more: Any) -> PreflightOptions:
    return PreflightOptions(**{"source": "old", "destination": "new", **more})


def test_the_usual_and_the_least_values_are_taken() -> None:
    options().check_values()
    options(**LEAST).check_values()


@pytest.mark.parametrize("name", LEAST)
def test_less_is_refused_with_the_least_that_may_be_given(name: str) -> None:
    with pytest.raises(MigrationError) as caught:
        options(**{name: LEAST[name] - 1}).check_values()
    assert str(caught.value) == (
        f"{name}: {LEAST[name] - 1} is too small. Give {LEAST[name]} or more."
    )


@pytest.mark.parametrize("side", ["source", "destination"])
def test_a_name_that_no_container_can_have_is_refused(side: str) -> None:
    with pytest.raises(MigrationError, match=rf"^{side}\.container: 'a/b' has a slash"):
        options(**{side: "a/b"}).check_values()


def test_what_is_no_timetable_is_refused() -> None:
    with pytest.raises(MigrationError, match=r"^timetable: '8-18' is no span of a day"):
        options(timetable={"8-18": 1}).check_values()


def test_the_limits_are_those_of_the_hour() -> None:
    wanted = options(bandwidth_limit=7, concurrency=3, timetable={"08:00-18:00": "1 KiB/s"})
    assert wanted.limits(at("07:59")) == Limits(7, 0, 3)
    assert wanted.limits(at("08:00")) == Limits(1024, 0, 3)
