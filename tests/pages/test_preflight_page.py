# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The page of a preflight, on a phone and on a wide screen."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.plugin_utils._preflight_page import page
from playwright.sync_api import Browser

from tests.pages.look import PHONE, Scheme, look
from tests.unit.plugins.plugin_utils.preflights import FORECAST, check, report

LONG = "a" * 200
CHECKS = (
    check("quota", "failure", f"no room for {LONG}", "Ask for 20 GiB"),
    check("names", "warning", "<script>alert(1)</script>"),
    check("clocks", "ok", "they agree"),
)


@pytest.mark.parametrize("scheme", get_args(Scheme))
@pytest.mark.parametrize("width", [PHONE, 1280])
def test_it_can_be_read(browser: Browser, tmp_path: Path, width: int, scheme: Scheme) -> None:
    path = tmp_path / "preflight.html"
    path.write_bytes(page(report(*CHECKS, forecast=FORECAST)))
    with look(browser, path, width=width, scheme=scheme) as looked:
        assert "<script>alert(1)</script>" in looked.text
        assert "12 to 15 min" in looked.text
        assert (looked.errors, looked.asked) == ([], [])
        assert looked.too_wide == []
        assert looked.faint == []
        assert looked.hindrances == []
