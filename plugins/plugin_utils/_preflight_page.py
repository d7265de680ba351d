# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A preflight's report as a page that needs nothing besides itself."""

from __future__ import annotations

from pathlib import Path

from ansible_collections.fnndsc.swift_migration.plugins.plugin_utils._preflight_report import (
    PreflightReport,
)
from jinja2 import Environment, FileSystemLoader, StrictUndefined

_TEMPLATE = Path(__file__).with_suffix(".html.j2")


def page(report: PreflightReport) -> bytes:
    """Render it; whatever was found is text there, not markup."""
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATE.parent), autoescape=True, undefined=StrictUndefined
    )
    return environment.get_template(_TEMPLATE.name).render(report=report).encode()
