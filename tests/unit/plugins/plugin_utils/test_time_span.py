# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""How long something takes, in words."""

from __future__ import annotations

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.plugin_utils._time_span import (
    about,
    at_least,
    between,
)


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (720, 900, "12 to 15 min"),
        (31, 60, "31 to 60 s"),
        (40, 40.3, "about 40 s"),
        (0.1, 0.4, "about 1 s"),
        (0.2, 2.2, "0 to 2 s"),
        (20, 89.9, "20 to 90 s"),
        (20, 90, "0 to 2 min"),
        (3600, 5 * 3600, "1 to 5 h"),
        (86400, 4 * 86400, "1 to 4 days"),
    ],
)
def test_a_range_has_one_unit(low: float, high: float, text: str) -> None:
    assert between(low, high) == text


def test_one_time_is_no_more_exact_than_it_is_known() -> None:
    assert about(40.4) == "about 40 s"
    assert about(0) == "about 1 s"
    assert about(7200) == "about 2 h"
    assert at_least(100) == "2 min or more"
