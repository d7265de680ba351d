# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Servers that list few objects at once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.integration.listings.wide import PAGE
from tests.servers import Lab
from tests.servers.settings import Settings
from tests.servers.temporary import temporary_lab


@pytest.fixture(scope="package")
def lab() -> Iterator[Lab]:
    """Servers of these tests' own: no others have these pages."""
    with temporary_lab(Settings(listing_limit=PAGE)) as running:
        yield running
