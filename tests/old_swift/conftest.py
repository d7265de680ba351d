# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A lab whose source is the old Swift, and two containers to copy between."""

from __future__ import annotations

from tests.integration.conftest import (
    container,
    destination,
    destination_client,
    lab,
    module_server,
    pair,
    run_module,
    shared_lab,
    source,
    source_client,
)

__all__ = [
    "container",
    "destination",
    "destination_client",
    "lab",
    "module_server",
    "pair",
    "run_module",
    "shared_lab",
    "source",
    "source_client",
]
