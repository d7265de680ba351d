# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Metrics as Prometheus reads them."""

from __future__ import annotations

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.exposition import (
    COUNTER,
    GAUGE,
    Family,
    exposition,
)

PAIR = {"source": "AUTH_a/old", "destination": "AUTH_b/new"}


def test_each_metric_has_its_help_its_type_and_all_labels() -> None:
    families = [
        Family("m_seconds", GAUGE, "A time.", {(): 1.5}),
        Family("m_total", COUNTER, "A count.", {(("reason", "a"),): 2, (("reason", "b"),): 10**15}),
    ]
    assert exposition(families, PAIR) == (
        "# HELP m_seconds A time.\n"
        "# TYPE m_seconds gauge\n"
        'm_seconds{source="AUTH_a/old",destination="AUTH_b/new"} 1.5\n'
        "# HELP m_total A count.\n"
        "# TYPE m_total counter\n"
        'm_total{source="AUTH_a/old",destination="AUTH_b/new",reason="a"} 2\n'
        'm_total{source="AUTH_a/old",destination="AUTH_b/new",reason="b"} 1000000000000000\n'
    )


def test_a_metric_without_a_value_is_left_out() -> None:
    assert exposition([Family("m_seconds", GAUGE, "A time.")], PAIR) == ""


@pytest.mark.parametrize(
    ("name", "escaped"),
    [
        ('a"} 7', r"a\"} 7"),
        ("a\nm_total 7", r"a\nm_total 7"),
        ("a\\", r"a\\"),
        ("a\\n", r"a\\n"),
        ("é", "é"),
    ],
)
def test_a_name_cannot_end_its_label(name: str, escaped: str) -> None:
    text = exposition([Family("m", GAUGE, "One.", {(): 1})], {"source": name})
    assert text.splitlines()[2:] == [f'm{{source="{escaped}"}} 1']


def test_a_help_text_stays_one_line() -> None:
    text = exposition([Family("m", GAUGE, "One\nor \\ two.", {(): 1})], {})
    assert text.splitlines()[0] == r"# HELP m One\nor \\ two."
