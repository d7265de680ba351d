# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A PostgreSQL that runs in a container, with the variables that its own image has."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.containers.engine import IMAGE, Engine, mounts
from tests.servers.postgres_installation import PostgresInstallation

NAMED = {"POSTGRES_USER": "chris", "POSTGRES_PASSWORD": "0f-the-database", "POSTGRES_DB": "cube"}
"""The user and the database, which nothing else names."""
NOBODY = 65534
"""Whom the server runs as: PostgreSQL refuses root."""
SERVE = """\
umask 077
printf %s "$POSTGRES_PASSWORD" >/tmp/password
initdb --no-sync --username="$POSTGRES_USER" --pwfile=/tmp/password --auth=scram-sha-256 /tmp/data
exec postgres -D /tmp/data -c unix_socket_directories=/tmp -c listen_addresses= -c fsync=off
"""
FILL = """\
create database cube;
\\connect cube
create table core_chrisfile (id serial, fname varchar(1024) not null);
insert into core_chrisfile (fname) values {};
"""
PSQL = 'PGPASSWORD="$POSTGRES_PASSWORD" exec psql -v ON_ERROR_STOP=1 --username=chris postgres'
START_SECONDS = 60.0


def service(folder: Path) -> dict[str, Any]:
    """Describe it for Compose and for Swarm, but for its network; it needs none.

    :param folder: takes its files.
    """
    installation = PostgresInstallation()
    installation.ensure()
    base = installation.base
    folder.mkdir()
    (folder / "serve").write_text(SERVE)
    (folder / "passwd").write_text(f"nobody:x:{NOBODY}:{NOBODY}::/:/bin/sh\n")
    return {
        "image": IMAGE,
        "user": f"{NOBODY}:{NOBODY}",
        "command": ["/bin/sh", "/serve"],
        "environment": {
            **installation.environment(base),
            "PGHOST": "/tmp",  # noqa: S108 - of the container, where nobody else is
            **NAMED,
        },
        "volumes": [
            *mounts(*([base] if base != installation.host else [])),
            f"{folder / 'serve'}:/serve:ro",
            f"{folder / 'passwd'}:/etc/passwd:ro",
        ],
    }


def fill(engine: Engine, names: Sequence[str]) -> None:
    """Make the database of a CUBE that knows these files, in the only container that runs."""
    rows = ", ".join(f"('{name}')" for name in names)
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            container = engine.docker("ps", "--quiet")
            engine.docker(
                *("exec", "--interactive", container, "/bin/sh", "-c", PSQL),
                stdin=FILL.format(rows).encode(),
            )
        except AssertionError:  # neither the container nor its server may have started
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)
        else:
            return
