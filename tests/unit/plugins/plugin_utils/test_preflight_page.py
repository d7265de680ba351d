# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The page of a preflight: all of it, and nothing from elsewhere."""

from __future__ import annotations

import dataclasses
import re

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.plugin_utils._preflight_page import page

from tests.unit.plugins.plugin_utils.parsed import Parsed
from tests.unit.plugins.plugin_utils.preflights import FORECAST, check, report


def test_it_tells_what_the_table_tells() -> None:
    made = report(
        check("quota", "failure", "too small", "Ask for 20 GiB"),
        check("clocks", "ok"),
        forecast=FORECAST,
    )
    lines = Parsed(page(made)).text.splitlines()
    assert made.summary in lines
    start = lines.index("failure")
    assert lines[start : start + 5] == ["failure", "quota", "mover", "too small", "Ask for 20 GiB"]
    assert lines.index("clocks") > start
    assert lines[lines.index("first copy") + 1] == "12 to 15 min"


def test_it_is_headed_by_what_was_done() -> None:
    made = dataclasses.replace(report(check("clocks", "ok")), title="rehearsal")
    assert Parsed(page(made)).text.splitlines()[:2] == [
        "Rehearsal of 2026-11-29 11:20 UTC",
        "Rehearsal",
    ]


def test_a_report_without_a_forecast_has_a_page() -> None:
    assert "How long" not in Parsed(page(report(check("clocks", "ok")))).text


@pytest.mark.security
def test_what_was_found_is_text_and_no_markup() -> None:
    made = report(check("<script>alert(1)</script>", "failure", "<img src=x>", "a & b"))
    parsed = Parsed(page(made))
    assert not parsed.tags & {"script", "img"}
    assert {"<script>alert(1)</script>", "<img src=x>", "a & b"} <= {*parsed.text.splitlines()}


@pytest.mark.security
def test_it_asks_for_nothing_from_elsewhere() -> None:
    content = page(report(check("a", "ok"), forecast=FORECAST))
    parsed = Parsed(content)
    assert not parsed.attributes & {"src", "href", "srcset", "action", "onclick", "onload"}
    assert not parsed.tags & {"script", "link", "iframe", "object"}
    assert not re.search(rb"url\(|@import|https?:", content)


def test_it_fits_small_screens_both_colour_schemes_and_paper() -> None:
    content = page(report(check("a", "ok"))).decode()
    for part in (
        'name="viewport" content="width=device-width',
        "@media (prefers-color-scheme: dark)",
        "@media (max-width: 40rem)",
        "@media print",
        "overflow-wrap: anywhere",
    ):
        assert part in content
