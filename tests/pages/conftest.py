# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

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


def launched(playwright: Playwright) -> Browser:
    """Start one, which is downloaded first if the host has none."""
    installation = ChromiumInstallation()
    installation.ensure()
    return playwright.chromium.launch(
        executable_path=installation.program,
        env={**installation.environment},
        args=list(OPTIONS),
    )


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = launched(playwright)
        yield browser
        browser.close()
