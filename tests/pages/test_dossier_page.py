# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The page of a dossier, on a phone, on a wide screen and on paper."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.plugin_utils._dossier_page import page
from ansible_collections.fnndsc.swift_migration.plugins.plugin_utils._dossier_plots import plots
from playwright.sync_api import Browser

from tests.pages.look import PHONE, Scheme, look
from tests.unit.plugins.plugin_utils.records import SHA256, content, history

PLOTS = 6


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    told = content(*history())
    path = tmp_path_factory.mktemp("dossier") / "dossier.html"
    path.write_bytes(page(told, plots(told), "dossier.json"))
    return path


@pytest.mark.parametrize("scheme", get_args(Scheme))
@pytest.mark.parametrize("width", [PHONE, 700, 1280])
def test_it_can_be_read(browser: Browser, path: Path, width: int, scheme: Scheme) -> None:
    with look(browser, path, width=width, scheme=scheme) as looked:
        assert SHA256 in looked.text
        assert "<script>alert('x')</script>" in looked.text
        assert (looked.errors, looked.asked) == ([], [])
        assert looked.too_wide == []
        assert looked.faint == []
        assert looked.hindrances == []


@pytest.mark.parametrize("width", [PHONE, 1280])
def test_each_plot_is_as_large_as_it_can_be(browser: Browser, path: Path, width: int) -> None:
    with look(browser, path, width=width) as looked:
        boxes = [svg.bounding_box() for svg in looked.page.locator("figure svg").all()]
        assert len(boxes) == PLOTS
        for box in boxes:
            assert box is not None
            assert box["width"] > 300
            assert 0.5 < box["height"] / box["width"] < 1
        words = looked.page.locator("svg text").first.bounding_box()
        assert words is not None
        assert words["height"] > 9


def test_on_paper_it_is_black_on_white_and_within_the_sheet(browser: Browser, path: Path) -> None:
    with look(browser, path, width=720, scheme="dark") as looked:
        looked.page.emulate_media(media="print")
        style = "getComputedStyle(document.body)"
        assert looked.page.evaluate(f"{style}.backgroundColor") == "rgb(255, 255, 255)"
        assert looked.page.evaluate(f"{style}.color") == "rgb(0, 0, 0)"
        assert looked.too_wide == []
        assert looked.faint == []
        assert looked.page.pdf(format="A4").startswith(b"%PDF")
