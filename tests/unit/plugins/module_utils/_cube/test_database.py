# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""How psql is called, and what it is asked.  tests/integration asks a real PostgreSQL."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.database import (
    DONE,
    FILES,
    PSQL,
)


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """A folder with a psql that tells its arguments and its password."""
    psql = tmp_path / "psql"
    psql.write_text('#!/bin/sh\nprintf "%s\\n" "$@" "password=$PGPASSWORD"\n')
    psql.chmod(0o755)
    return tmp_path


@pytest.mark.parametrize(
    ("environment", "called"),
    [
        ({}, ["--username=postgres", "postgres", "password="]),
        ({"POSTGRES_USER": "chris"}, ["--username=chris", "chris", "password="]),
        (
            {"POSTGRES_USER": "a b", "POSTGRES_DB": "c'd", "POSTGRES_PASSWORD": "x y"},
            ["--username=a b", "c'd", "password=x y"],
        ),
    ],
)
def test_the_variables_of_the_container_name_user_and_database(
    programs: Path, environment: dict[str, str], called: list[str]
) -> None:
    done = subprocess.run(
        ["/bin/sh", "-c", PSQL],
        env={"PATH": str(programs), **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines() == ["--no-psqlrc", "--no-password", *called]


def test_the_end_is_told_only_after_all_else_and_not_after_an_error() -> None:
    lines = FILES.splitlines()
    assert lines[0] == r"\set ON_ERROR_STOP on"
    assert lines[-2:] == [r"\gexec", rf"\echo {DONE.decode()}"]


def test_the_first_statement_allows_no_writing() -> None:
    statements = [line for line in FILES.splitlines() if not line.startswith("\\")]
    assert statements[0] == "SET default_transaction_read_only = on;"
