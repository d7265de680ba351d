# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Where PostgreSQL's programs come from."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.servers import LabError
from tests.servers.postgres_installation import PostgresInstallation

APT = """#!/bin/sh
case "$1" in
--simulate) echo 'Inst postgresql-17 (17.1)' ;;
download) echo "$2" > {log} ;;
esac
"""


def provide(base: Path, *versions: str) -> None:
    for version in versions:
        folder = base / "usr/lib/postgresql" / version / "bin"
        folder.mkdir(parents=True)
        (folder / "initdb").touch()


@pytest.fixture
def installation(tmp_path: Path) -> PostgresInstallation:
    (tmp_path / "host").mkdir()
    return PostgresInstallation(tmp_path / "unpacked", host=tmp_path / "host")


def test_the_newest_of_the_host_is_taken_and_nothing_is_downloaded(
    installation: PostgresInstallation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    provide(installation.host, "9.6", "15", "17")
    installation.ensure()
    assert installation.base == installation.host
    assert installation.programs(installation.base).parent.name == "17"
    assert "LD_LIBRARY_PATH" not in installation.environment(installation.base)


def test_a_host_without_one_gets_the_packages_of_its_distribution(
    installation: PostgresInstallation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log, programs = tmp_path / "log", tmp_path / "bin"
    programs.mkdir()
    (programs / "apt-get").write_text(APT.format(log=log))
    (programs / "apt-get").chmod(0o755)
    monkeypatch.setenv("PATH", str(programs))
    installation.ensure()
    assert log.read_text() == "postgresql-17\n"
    assert installation.base == installation.root
    with pytest.raises(LabError, match="has no PostgreSQL"):
        installation.programs(installation.base)
    provide(installation.root, "17")
    (installation.root / "usr/lib/x86_64-linux-gnu").mkdir()
    copy = tmp_path / "copy"
    provide(copy, "17")
    found = installation.environment(copy)
    assert found["LD_LIBRARY_PATH"] == str(copy / "usr/lib/x86_64-linux-gnu")
    assert found["PATH"].startswith(f"{copy}/usr/lib/postgresql/17/bin:")
