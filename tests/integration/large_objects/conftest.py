# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Servers whose destination has low limits."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest

from tests.integration.conftest import ROOT, Options
from tests.integration.large_objects.manifests import (
    LARGEST,
    SEGMENTS,
)
from tests.servers import Lab
from tests.servers.settings import Settings


@pytest.fixture(scope="package")
def lab() -> Iterator[Lab]:
    """Servers of these tests' own: no others have these limits."""
    settings = Settings(max_object_size=LARGEST, slo_max_segments=SEGMENTS)
    new = Lab(ROOT / ".cache" / "labs" / uuid.uuid4().hex[:8], settings=settings)
    try:
        with new:
            yield new
    finally:
        new.destroy()


@pytest.fixture(scope="package")
def source(lab: Lab) -> Options:
    login = lab.description["source"]
    auth = {key: login[key] for key in ("auth_url", "username", "password")}
    return {"auth_type": "v1password", "auth": auth}


@pytest.fixture(scope="package")
def destination(lab: Lab) -> Options:
    return {"openrc": str(lab.openrc())}
