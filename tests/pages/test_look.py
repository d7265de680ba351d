# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A look finds what is wrong with a page."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser

from tests.pages.look import look

FAULTY = """<!doctype html><html><body style="margin: 0">
<p style="width: 500px">wide</p>
<p style="color: #999; background: #fff">faint</p>
<svg viewBox="0 0 90 20"><text y="15" fill="#ddd">plotted</text></svg>
<img src="https://localhost:1/picture.png">
<script>console.error("broken"); missing()</script>
</body></html>"""


def test_each_fault_of_a_page_is_found(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "faulty.html"
    path.write_text(FAULTY)
    with look(browser, path) as looked:
        assert looked.too_wide == ["P wide"]
        assert looked.faint == ["faint: 2.85", "plotted: 1.36"]
        assert any(fault.startswith("image-alt: <img src=") for fault in looked.hindrances)
        assert looked.asked == ["https://localhost:1/picture.png"]
        assert {"broken", "missing is not defined"} <= set(looked.errors)
