# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A dossier as a page that needs nothing besides itself, and stays below 1 MB."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ansible_collections.fnndsc.swift_migration.plugins.plugin_utils import (
    _recompute_digests,
)
from ansible_collections.fnndsc.swift_migration.plugins.plugin_utils._dossier_plots import (
    NEEDED,
    Plot,
)
from ansible_collections.fnndsc.swift_migration.plugins.plugin_utils._watch import (
    binary,
    duration,
)
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

RUNS = 50
"""Runs that the page lists, the last ones; the JSON has all."""

LONGEST = 300
"""Characters of a name or a message that the page shows; the JSON has all."""

_TEMPLATE = Path(__file__).with_suffix(".html.j2")


def page(content: Mapping[str, Any], plots: Sequence[Plot] | None, file: str) -> bytes:
    """Render it; what the records tell is text there, not markup.

    :param content: :attr:`Dossier.content`.
    :param plots: None where nothing could draw them.
    :param file: name of the JSON file beside the page.
    """
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATE.parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        number=lambda value: f"{value:,}",
        unbroken=lambda value: Markup("<span>{}</span>").format(value),
        size=binary,
        span=_span,
        moment=_moment,
        short=_short,
    )
    return (
        environment.get_template(_TEMPLATE.name)
        .render(
            told=content,
            plots=plots,
            needed=NEEDED,
            file=file,
            runs=content["runs"][: -RUNS - 1 : -1],
            script=Path(_recompute_digests.__file__).read_text("utf-8"),
        )
        .encode()
    )


def _span(seconds: float | None) -> str:
    if seconds is None:
        return "not known"
    return f"{seconds:.1f} s" if seconds < 60 else duration(round(seconds))


def _moment(text: str | None) -> str:
    return f"{text[:19].replace('T', ' ')} UTC" if text else "not known"


def _short(text: object) -> str:
    shown = str(text)
    return shown if len(shown) <= LONGEST else f"{shown[: LONGEST - 1]}…"
