# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.servers.chromium_installation import ChromiumInstallation

# It has no sandbox where root starts it, and asks for nothing by itself.
OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    installation = ChromiumInstallation()
    installation.ensure()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=installation.program,
            env={**installation.environment},
            args=list(OPTIONS),
        )
        yield browser
        browser.close()
