# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""swift_compare between two real Swifts."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.comparison.findings import Compare, Enter
from tests.integration.conftest import Options, RunModule
from tests.integration.faulty import Faulty
from tests.integration.pair import Pair


@pytest.fixture
def compare(pair: Pair, source: Options, destination: Options, run_module: RunModule) -> Compare:
    def run(*, check: bool = False, **options: Any) -> dict[str, Any]:
        params = {
            "source": {**source, "container": pair.name},
            "destination": {**destination, "container": pair.name},
            **options,
        }
        return run_module("swift_compare", params, check=check)

    return run


@pytest.fixture
def enter(pair: Pair, source: Options, destination: Options, run_module: RunModule) -> Enter:
    def run(phase: str) -> None:
        params = {
            "source": {**source, "container": pair.name},
            "destination": {**destination, "container": pair.name},
            "phase": phase,
        }
        assert not run_module("migration_phase", params).get("failed")

    return run


@pytest.fixture
def compare_faulty(
    faulty: Faulty, compare: Compare, source: Options, application_credential: Options
) -> Compare:
    """Compares through the proxies."""
    auth = {**source["auth"], "auth_url": f"{faulty.here.url}/auth/v1.0"}
    there = {**application_credential["auth"], "auth_url": f"{faulty.keystone.url}/v3"}

    def run(**options: Any) -> dict[str, Any]:
        return compare(
            source={**source, "auth": auth, "container": faulty.name},
            destination={**application_credential, "auth": there, "container": faulty.name},
            **options,
        )

    return run
