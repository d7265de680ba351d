# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Labs whose source is the old Swift, and what the integration tests have on theirs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.integration.conftest import (
    application_credential,
    container,
    destination,
    destination_client,
    faulty,
    lab,
    module_server,
    pair,
    run_module,
    shared_lab,
    source,
    source_client,
    warm_python,
)
from tests.integration.playbooks.conftest import controller, cutover
from tests.servers import Lab
from tests.servers.settings import Settings
from tests.servers.temporary import temporary_lab

SWIFTS_OWN_LIMIT = 10

__all__ = [
    "application_credential",
    "container",
    "controller",
    "cutover",
    "destination",
    "destination_client",
    "faulty",
    "lab",
    "module_server",
    "pair",
    "run_module",
    "shared_lab",
    "source",
    "source_client",
    "warm_python",
]


@pytest.fixture(scope="session")
def lone_lab() -> Iterator[Lab]:
    """A lab that one test at a time uses; its source deals with errors of its disk by default."""
    settings = Settings(old_source=True, error_suppression_limit=SWIFTS_OWN_LIMIT)
    with temporary_lab(settings) as running:
        yield running
