# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A page as a real browser shows it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

Scheme = Literal["light", "dark"]
PHONE = 360
"""Pixels, the width of a small phone."""

LEAST_CONTRAST = 4.5
"""WCAG 2.2, 1.4.3: of text and what is behind it."""

WIDER = """() => {
  const room = document.documentElement.clientWidth;
  const wide = [...document.querySelectorAll('body *')].filter(element => {
    const box = element.getBoundingClientRect();
    return box.width > 0 && (box.right > room + 1 || box.left < -1);
  });
  return wide.map(element => `${element.tagName} ${element.textContent.trim().slice(0, 60)}`);
}"""

FAINT = """least => {
  const numbers = text => text.match(/[\\d.]+/g).map(Number);
  const light = ([red, green, blue]) => {
    const linear = [red, green, blue].map(value => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
  };
  const behind = element => {
    for (let at = element; at; at = at.parentElement) {
      const colour = numbers(getComputedStyle(at).backgroundColor);
      if (colour.length < 4 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const found = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const text = walk.currentNode.textContent.trim();
    const element = walk.currentNode.parentElement;
    if (!text || !element.getClientRects().length) continue;
    const style = getComputedStyle(element);
    const ink = numbers(element.closest('svg') ? style.fill : style.color);
    const [low, high] = [light(ink), light(behind(element))].sort((one, other) => one - other);
    const contrast = (high + 0.05) / (low + 0.05);
    if (contrast < least) found.push(`${text.slice(0, 60)}: ${contrast.toFixed(2)}`);
  }
  return found;
}"""


@dataclass
class Look:
    """One page in a window of one width and one colour scheme.

    :ivar errors: what the browser complained of.
    :ivar asked: what it asked for besides the page.
    """

    page: Page
    errors: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """What a person reads."""
        return self.page.inner_text("body")

    @property
    def too_wide(self) -> list[str]:
        """The elements that reach out of the window."""
        return list(self.page.evaluate(WIDER))

    @property
    def faint(self) -> list[str]:
        """Texts that stand out too little from what is behind them, those of plots included."""
        return list(self.page.evaluate(FAINT, LEAST_CONTRAST))

    @property
    def hindrances(self) -> list[str]:
        """What axe finds that keeps people from reading the page."""
        found: list[dict[str, Any]] = Axe().run(self.page).response["violations"]
        return [f"{each['id']}: {each['nodes'][0]['html'][:100]}" for each in found]


@contextmanager
def look(
    browser: Browser, path: Path, *, width: int = PHONE, scheme: Scheme = "light"
) -> Iterator[Look]:
    """Open a file as somebody does who was mailed it."""
    context = browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, locale="en-GB"
    )
    try:
        looked = Look(context.new_page())
        looked.page.on(
            "console",
            lambda said: looked.errors.append(said.text) if said.type == "error" else None,
        )
        looked.page.on("pageerror", lambda error: looked.errors.append(str(error)))
        looked.page.on("request", lambda request: looked.asked.append(request.url))
        looked.page.goto(path.as_uri())
        looked.asked.remove(path.as_uri())
        yield looked
    finally:
        context.close()
