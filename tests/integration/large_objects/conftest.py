# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Servers whose destination has low limits."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.integration.large_objects.manifests import LARGEST, SEGMENTS
from tests.servers import Lab
from tests.servers.settings import Settings
from tests.servers.temporary import temporary_lab


@pytest.fixture(scope="package")
def lab() -> Iterator[Lab]:
    """Servers of these tests' own: no others have these limits."""
    with temporary_lab(Settings(max_object_size=LARGEST, slo_max_segments=SEGMENTS)) as running:
        yield running
