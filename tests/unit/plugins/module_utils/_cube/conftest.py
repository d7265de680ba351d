# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A Compose project with three services, one of which uses a Swift."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.compose import Compose

from tests.unit.plugins.module_utils.fakes.compose_answers import ComposeAnswers, project


@pytest.fixture
def docker() -> ComposeAnswers:
    environment = {"STORAGE_ENV": "swift", "SWIFT_KEY": "0ld"}
    return ComposeAnswers(services={"chris": {"environment": environment}, "pfcon": {}, "db": {}})


@pytest.fixture
def compose(tmp_path: Path, docker: ComposeAnswers) -> Compose:
    return project(tmp_path, docker)
