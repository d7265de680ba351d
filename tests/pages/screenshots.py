# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Take the pictures of docs/dossier.md: ``python -m tests.pages.screenshots``."""

from __future__ import annotations

import io
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from tests.pages.conftest import launched
from tests.pages.look import Look, look

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / ".collections"))


def keep(looked: Look, name: str) -> None:
    """Write what is seen, in few colours, which is small."""
    with Image.open(io.BytesIO(looked.page.screenshot())) as picture:
        picture.quantize(64).save(ROOT / "docs" / name, optimize=True)


def main() -> None:
    from ansible_collections.fnndsc.swift_migration.plugins.plugin_utils._dossier_page import page
    from ansible_collections.fnndsc.swift_migration.plugins.plugin_utils._dossier_plots import plots

    from tests.unit.plugins.plugin_utils.records import content, example

    told = content(*example(), hours=491)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        path = Path(folder) / "dossier.html"
        path.write_bytes(page(told, plots(told), "swift-migration-dossier.json"))
        browser = launched(playwright)
        with look(browser, path, width=1000) as looked:
            keep(looked, "dossier.png")
        with look(browser, path, scheme="dark") as looked:
            looked.page.get_by_role("heading", name="Plots").evaluate(
                "heading => heading.scrollIntoView()"
            )
            keep(looked, "dossier-phone.png")
        browser.close()


if __name__ == "__main__":
    main()
