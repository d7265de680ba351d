# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What is said once for all roles, in ``swift_migration_*``, and what a role has without it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.roles.template import evaluate

LOGIN = {"auth_type": "v1password"}
TAKEN = [
    ("migrate_data_source", "source", LOGIN),
    ("migrate_data_source_container", "source_container", "files"),
    ("migrate_data_destination", "destination", LOGIN),
    ("migrate_data_destination_container", "destination_container", "new"),
    ("migrate_data_prune", "prune", True),
    ("migrate_data_prune", "cutover", True),
    ("migrate_data_settle", "cutover", True),
    ("migrate_data_concurrency", "concurrency", 8),
    ("migrate_data_bandwidth_limit", "bandwidth_limit", 10**6),
    ("migrate_data_requests_per_second", "requests_per_second", 20),
    ("migrate_data_metrics_dir", "metrics_dir", "/srv/metrics"),
    ("migrate_data_hooks", "hooks", [{"url": "https://chat/"}]),
    ("migrate_data_measure", "preflight_measure", False),
    ("migrate_data_history", "history", False),
    ("migrate_data_stop_seconds", "stop_seconds", 12.5),
    ("migrate_data_start_seconds", "start_seconds", 30),
    ("migrate_data_carry", "carry", ["quotas"]),
    ("nerc_container_source", "source", LOGIN),
    ("nerc_container_source_container", "source_container", "files"),
    ("nerc_container_destination", "destination", LOGIN),
    ("nerc_container_name", "destination_container", "new"),
    ("nerc_container_s3_login", "s3_login", LOGIN),
    ("cube_storage_container", "destination_container", "new"),
]
OWN = {
    "migrate_data_source_container": "users",
    "migrate_data_prune": False,
    "migrate_data_settle": False,
    "migrate_data_concurrency": 64,
    "migrate_data_bandwidth_limit": 0,
    "migrate_data_requests_per_second": 0,
    "migrate_data_metrics_dir": "",
    "migrate_data_hooks": [],
    "migrate_data_measure": True,
    "migrate_data_history": "~/.local/state/fnndsc.swift_migration/history",
    "migrate_data_stop_seconds": 0,
    "migrate_data_start_seconds": 0,
    "migrate_data_carry": ["metadata", "cors", "web"],
    "nerc_container_source_container": "users",
    "cube_storage_container": "",
}


def role(variable: str) -> str:
    return "_".join(variable.split("_")[:2])


@pytest.mark.parametrize(("variable", "said", "value"), TAKEN)
def test_a_role_takes_what_is_said_for_all(variable: str, said: str, value: Any) -> None:
    assert evaluate(role(variable), variable, {f"swift_migration_{said}": value}) == value


@pytest.mark.parametrize(("variable", "said", "value"), TAKEN)
def test_a_roles_own_variable_wins(variable: str, said: str, value: Any) -> None:
    given = {f"swift_migration_{said}": value, variable: "its own"}
    assert evaluate(role(variable), variable, given) == "its own"


@pytest.mark.parametrize("variable", OWN)
def test_a_role_has_a_value_of_its_own_where_nothing_is_said(variable: str) -> None:
    assert evaluate(role(variable), variable, {}) == OWN[variable]
