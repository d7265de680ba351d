# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A pair of containers that swift_preflight looks at on the real servers."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.conftest import Options, RunModule
from tests.integration.faulty import Faulty, between
from tests.integration.pair import Pair

Preflight = Callable[..., dict[str, Any]]


@pytest.fixture
def params(pair: Pair, source: Options, destination: Options, tmp_path: Path) -> Options:
    """A pair of containers, and a folder; nothing is measured."""
    return {
        "source": {**source, "container": pair.name},
        "destination": {**destination, "container": pair.name},
        "state_dir": str(tmp_path / "state"),
        "measure": False,
    }


@pytest.fixture
def preflight(run_module: RunModule, params: Options) -> Preflight:
    """Run the module, and give its result."""

    def run(**given: Any) -> dict[str, Any]:
        result = run_module("swift_preflight", {**params, **given})
        assert not result.get("failed"), result["msg"]
        assert not result["changed"]
        return result

    return run


@pytest.fixture
def through_proxies(
    pair: Pair, preflight: Preflight, application_credential: Options
) -> Iterator[Faulty]:
    """The pair behind proxies; its ``sync`` is the preflight."""
    looked = dataclasses.replace(pair, sync=preflight)
    with between(looked, application_credential) as made:
        yield made
