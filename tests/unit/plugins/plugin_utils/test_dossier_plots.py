# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Plots as parts of a page."""

from __future__ import annotations

import re

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.plugin_utils._dossier_plots import (
    Plot,
    plots,
)

from tests.unit.plugins.plugin_utils.records import Record, comparison, content, copy, history


def drawn(*records: Record) -> list[Plot]:
    return plots(content(*records))


@pytest.fixture(scope="module")
def whole() -> list[Plot]:
    return drawn(*history())


def texts(plot: Plot) -> list[str]:
    """The words in a picture."""
    return re.findall(r"<text[^>]*>([^<]*)</text>", plot.svg)


def test_there_is_one_of_each(whole: list[Plot]) -> None:
    assert [plot.title for plot in whole] == [
        "Throughput of migrate 2026-11-29 08:00 UTC: moved a second",
        "Throughput of migrate 2026-11-30 14:00 UTC: moved a second",
        "Bytes moved by each copy",
        "Sizes of the objects at the source",
        "Time taken by single objects, all copies",
        "Downtime in cutover 2026-11-30",
    ]


def test_axes_are_labelled_with_units(whole: list[Plot]) -> None:
    rates, _last, copies, sizes, latencies, downtime = map(texts, whole)
    assert {"MiB/s", "objects/s", "min since its begin"} <= {*rates}
    assert {"1 KiB", "1 MiB", "1 GiB"} <= {*copies}
    assert {"1 B", "32 B", "100", "1,000"} <= {*sizes}
    assert {"62 ms", "125 ms", "objects"} <= {*latencies}
    assert {"stop 4.0 s", "start 20.0 s", "s since the application was stopped"} <= {*downtime}


def test_its_colours_are_those_of_the_page_and_nothing_is_left_of_a_file(whole: list[Plot]) -> None:
    for plot in whole:
        assert "var(--bar)" in plot.svg
        assert not re.search(r"#[0-9a-f]{6}\b|<style|<metadata|xmlns|font-family", plot.svg)
        assert plot.svg.startswith(f'<svg role="img" aria-label="{plot.title}" viewBox=')


def test_no_two_things_of_a_page_have_the_same_id(whole: list[Plot]) -> None:
    ids = [name for plot in whole for name in re.findall(r' id="([^"]+)"', plot.svg)]
    assert len(ids) == len(set(ids)) > 10
    for plot in whole:
        used = re.findall(r'href="#([^"]+)"|url\(#([^)]+)\)', plot.svg)
        assert {one or other for one, other in used} <= set(re.findall(r' id="([^"]+)"', plot.svg))


def test_the_same_numbers_give_the_same_pictures(whole: list[Plot]) -> None:
    assert drawn(*history()) == whole


def test_the_most_rows_that_a_record_holds_stay_small() -> None:
    one = copy(0)
    columns = one["rates"]["columns"]
    rows = [[float(step), step**2, step**3, 0, 0, 8, None] for step in range(500)]
    [rates, *_others] = drawn({**one, "rates": {"columns": columns, "rows": rows}})
    assert len(rates.svg) < 60_000


def test_of_what_there_are_no_numbers_there_is_no_plot() -> None:
    assert drawn(comparison(1)) == []


def test_sizes_of_nothing_and_a_copy_of_nothing_are_drawn() -> None:
    empty = [{"below": 1, "objects": 1}]
    nothing = copy(0, 0, 0, seconds=0.0, sizes=empty, latencies=[])
    titles = [plot.title for plot in drawn(nothing, {**nothing, "name": "again"})]
    assert titles == ["Bytes moved by each copy", "Sizes of the objects at the source"]
