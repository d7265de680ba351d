# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The files that CUBE's database knows: whole, or an error."""

from __future__ import annotations

import base64
import gzip
import json
from pathlib import Path

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._catalogue_file import (
    read_catalogue,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.database import (
    DONE,
    FILES,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.known_files import (
    KnownFiles,
    write_known_files,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError

from tests.unit.plugins.module_utils.fakes.deployed import Deployed


def answer(*names: str) -> str:
    """What CUBE's own Python says."""
    packed = gzip.compress("".join(f"{name.encode().hex()}\n" for name in names).encode(), mtime=0)
    told = {"names": base64.b64encode(packed).decode(), "count": len(names)}
    return f"Settings loaded.\n\n{json.dumps(told)}\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "names"


def test_psql_is_asked_first(deployed: Deployed, path: Path) -> None:
    deployed.rows = [b"61", b"620a", DONE]
    assert write_known_files(deployed, path) == KnownFiles(2, "psql")
    assert list(read_catalogue(path, "o")) == ["a", "b\n"]
    assert deployed.queries == [FILES]


def test_an_application_without_files_is_one(deployed: Deployed, path: Path) -> None:
    deployed.rows = [DONE]
    assert write_known_files(deployed, path) == KnownFiles(0, "psql")
    assert list(read_catalogue(path, "o")) == []


@pytest.mark.parametrize(
    "rows", [[], [b"61"], [b"Pager is off.", DONE], [DONE, b"61"]], ids=range(4)
)
def test_what_psql_did_not_finish_is_none(
    deployed: Deployed, path: Path, rows: list[bytes]
) -> None:
    deployed.rows = rows
    with pytest.raises(MigrationError, match="; nor by a service of CUBE: none runs"):
        write_known_files(deployed, path)
    assert not path.exists()


def test_where_psql_fails_a_service_of_cube_is_asked(deployed: Deployed, path: Path) -> None:
    deployed.runs = {}
    deployed.answer = answer("a", "b\n", "ü")
    assert write_known_files(deployed, path) == KnownFiles(3, "django")
    assert list(read_catalogue(path, "o")) == ["a", "b\n", "ü"]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ('{"error": "OperationalError"}', "chris answered OperationalError"),
        ('{"names": "!", "count": 0}', "chris gave no answer"),
        ('{"names": "", "count": 1}', "a catalogue says 'end 1' after 0 names"),
        ("", "chris gave no answer"),
        ("[]", "chris gave no answer"),
        ('{"names": "NjEK", "count": 1}', "chris gave no answer"),
        (answer("b", "a"), "not in order"),
    ],
    ids=range(7),
)
def test_what_neither_of_them_tells_is_an_error_with_both_causes(
    deployed: Deployed, path: Path, said: str, told: str
) -> None:
    deployed.runs = {}
    deployed.answer = said
    with pytest.raises(MigrationError, match=f"without saying so; nor by .*{told}"):
        write_known_files(deployed, path)
    assert not path.exists()
