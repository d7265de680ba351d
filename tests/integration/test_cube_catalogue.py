# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The files that a database of CUBE knows, from a real PostgreSQL and from a real Django."""

from __future__ import annotations

import stat
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._catalogue_file import (
    read_catalogue,
)

from tests.cube import logins
from tests.cube.deployment import Deployment
from tests.integration.conftest import RunModule
from tests.integration.playbooks.cutover import commands
from tests.servers import Lab
from tests.servers.postgres import Postgres

TABLES = {
    "v3.0 (2022)": [
        "pacsfiles_pacsfile",
        "plugininstances_plugininstancefile",
        "servicefiles_servicefile",
        "uploadedfiles_uploadedfile",
    ],
    "v5.2 (2024)": [
        "pacsfiles_pacsfile",
        "pipelines_pipelinesourcefile",
        "plugininstances_plugininstancefile",
        "servicefiles_servicefile",
        "uploadedfiles_uploadedfile",
    ],
    "v6.0 and later": ["core_chrisfile", "core_chrislinkfile"],
}
NAMES = [
    "SERVICES/PACS/a b.dcm",
    "back\\slash",
    "carriage\rreturn",
    "chris/feed_1/x",
    "chris/feed_1/x y",
    "line\nfeed",
    "quote'\"$$",
    "tab\there",
    "x//y",
    "ünï/漢/\U0001f5c4",
    "\ufffd",
]

Ask = Callable[..., dict[str, Any]]


@pytest.fixture
def ask(run_module: RunModule, tmp_path: Path) -> Ask:
    """Run the module for a CUBE of which nothing runs."""

    def run(psql: str, **options: Any) -> dict[str, Any]:
        shell = dict.fromkeys(("stop", "start", "running", "environment", "run"), "true")
        given = {
            "deployment": "commands",
            "settings": {**shell, "database": psql},
            "memory": str(tmp_path / "memory.json"),
            "path": str(tmp_path / "files"),
            **options,
        }
        result: dict[str, Any] = run_module("cube_catalogue", given)
        return result

    return run


def fill(postgres: Postgres, database: str, tables: list[str], names: list[str]) -> None:
    """Make tables as CUBE's models do, and spread names over them; each table has the last one."""
    columns = "id serial primary key, fname varchar(1024) not null, owner_id integer"
    for index, table in enumerate(tables):
        own = [*names[index :: len(tables)], names[-1]]
        values = ", ".join(f"(convert_from('\\x{name.encode().hex()}', 'UTF8'), 1)" for name in own)
        postgres.run(f"create table {table} ({columns})", database)
        postgres.run(f"insert into {table} (fname, owner_id) values {values}", database)  # noqa: S608
    postgres.run("create table core_chrisfolder (id serial, path varchar(1024))", database)
    postgres.run("insert into core_chrisfolder (path) values ('no file')", database)


@pytest.mark.parametrize("tables", TABLES.values(), ids=TABLES)
def test_all_names_of_every_cube_come_whatever_they_hold(
    ask: Ask, postgres: Postgres, database: str, tables: list[str], tmp_path: Path
) -> None:
    fill(postgres, database, tables, NAMES)
    postgres.run(f"insert into {tables[0]} (fname, owner_id) values ('', 1)", database)  # noqa: S608
    result = ask(postgres.of(database))
    assert (result["asked"], result["known"], result["way"]) == (True, len(NAMES), "psql")
    assert result["checks"] == [
        {
            "name": "CUBE's database",
            "verdict": "ok",
            "seen": f"it knows {len(NAMES)} files",
            "remedy": "",
        }
    ]
    path = tmp_path / "files"
    assert list(read_catalogue(path, "o")) == sorted(NAMES)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_order_is_that_of_bytes_whatever_the_database_sorts_by(
    ask: Ask, postgres: Postgres, tmp_path: Path
) -> None:
    name = f"chris{uuid.uuid4().hex[:8]}"
    postgres.run(
        f"create database {name} template template0 lc_collate 'C' encoding 'LATIN1' lc_ctype 'C'"
    )
    names = ["B", "a", "b", "ä", "Ä/x"]
    fill(postgres, name, TABLES["v6.0 and later"], names)
    assert ask(postgres.of(name))["known"] == 5
    assert list(read_catalogue(tmp_path / "files", "o")) == sorted(names)


def test_a_database_of_something_else_is_no_cube_without_files(
    ask: Ask, database: str, postgres: Postgres, tmp_path: Path
) -> None:
    postgres.run("create schema other; create table other.core_chrisfile (fname text)", database)
    result = ask(postgres.of(database))
    assert result["asked"] is False
    [check] = result["checks"]
    assert check["verdict"] == "warning"
    assert f"the database {database} has no table of files" in check["seen"]
    assert not (tmp_path / "files").exists()
    assert ask(postgres.of(database), required=True)["checks"][0]["verdict"] == "failure"


def test_a_table_that_this_user_may_not_read_is_an_error(
    ask: Ask, database: str, postgres: Postgres
) -> None:
    fill(postgres, database, TABLES["v6.0 and later"], NAMES)
    reader = f"reader{uuid.uuid4().hex[:8]}"
    postgres.run(
        f"create role {reader} login; grant select on core_chrisfile to {reader}", database
    )
    as_reader = postgres.of(database).replace("username=postgres", f"username={reader}")
    result = ask(as_reader)
    assert result["asked"] is False
    assert "permission denied for table core_chrislinkfile" in result["checks"][0]["seen"]
    postgres.run(f"grant select on core_chrislinkfile to {reader}", database)
    assert ask(as_reader)["known"] == len(NAMES)


def test_nothing_can_be_written_by_what_is_asked(database: str, postgres: Postgres) -> None:
    from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.database import (
        FILES,
    )

    before, _gexec, _after = FILES.partition("SELECT format(")
    fill(postgres, database, TABLES["v6.0 and later"], NAMES)
    with pytest.raises(Exception, match="returned non-zero exit status 3"):
        postgres.run(f"{before}delete from core_chrisfile;", database)  # noqa: S608


def test_a_server_that_does_not_answer_is_told(ask: Ask) -> None:
    result = ask("psql --no-psqlrc --host=/nowhere chris")
    assert result["asked"] is False
    [check] = result["checks"]
    assert check["seen"].startswith(
        "nobody can tell which files CUBE knows: cube_storage_commands.database: "
    )
    assert "No such file" in check["seen"]


def test_where_psql_is_not_given_the_application_itself_is_asked(
    run_module: RunModule, lab: Lab, container: str, source_client: Any, tmp_path: Path
) -> None:
    source_client.put_container(container)
    application = Deployment(tmp_path / "cube")
    application.make(logins.old_swift(lab, container))
    rows = """
import sys, django
django.setup()
from tests.cube.application.models import StoredFile
for name in sys.argv[1:]:
    StoredFile.objects.create(file=name, size=1, sha256="x")
"""
    given = {
        "deployment": "commands",
        "settings": commands(application.state),
        "memory": str(tmp_path / "memory.json"),
        "path": str(tmp_path / "files"),
    }
    try:
        application.start()
        assert application.run(["-c", rows, *NAMES]).wait() == 0
        result = run_module("cube_catalogue", given)
        found = list(read_catalogue(tmp_path / "files", "o"))
        assert (result["known"], result["way"]) == (len(found), "django")
        assert set(NAMES) <= set(found)  # its worker has files of its own
    finally:
        application.stop()
    result = run_module("cube_catalogue", given)
    assert result["asked"] is False
    assert "nor by a service of CUBE: none runs" in result["checks"][0]["seen"]
