# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Servers that list few objects at once."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest

from tests.integration.conftest import ROOT
from tests.integration.listings.wide import PAGE
from tests.servers import Lab
from tests.servers.settings import Settings


@pytest.fixture(scope="package")
def lab() -> Iterator[Lab]:
    """Servers of these tests' own: no others have these pages."""
    new = Lab(
        ROOT / ".cache" / "labs" / uuid.uuid4().hex[:8], settings=Settings(listing_limit=PAGE)
    )
    try:
        with new:
            yield new
    finally:
        new.destroy()
