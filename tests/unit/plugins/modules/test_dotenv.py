# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The parts of the module dotenv that real files do not show without rights of their own."""

from __future__ import annotations

import errno
import json
import os
import time
from pathlib import Path
from typing import Any

import pytest
from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.testing import patch_module_args
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.modules import dotenv


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


@pytest.fixture
def env_file(tmp_path: Path) -> Path:
    path = tmp_path / "secrets.env"
    path.write_text("A=1\n")
    return path


def run(capsys: pytest.CaptureFixture[str], path: Path, **arguments: Any) -> dict[str, Any]:
    with patch_module_args({"path": str(path), **arguments}), pytest.raises(SystemExit):
        dotenv.main()
    result: dict[str, Any] = json.loads(capsys.readouterr().out)
    return result


@pytest.fixture
def mounted(env_file: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file that refuses to be replaced, as a bind mount does."""
    rename = os.rename

    def refuse(source: Any, target: Any) -> None:
        if os.fspath(target) in (str(env_file), os.fsencode(env_file)):
            raise OSError(errno.EBUSY, os.strerror(errno.EBUSY))
        rename(source, target)

    monkeypatch.setattr(os, "rename", refuse)
    return env_file


def test_a_bind_mount_is_refused_and_left_as_it_was(
    mounted: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    done = run(capsys, mounted, values={"A": "s3cret"}, backup=True)
    assert done["failed"] is True
    assert "Device or resource busy" in done["msg"]
    assert "unsafe_writes=true" in done["msg"]
    assert mounted.read_text() == "A=1\n"
    assert names(mounted.parent) == ["secrets.env"]


def test_a_bind_mount_is_written_in_place_when_that_is_asked_for(
    mounted: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    inode = mounted.stat().st_ino
    done = run(capsys, mounted, values={"A": "s3cret"}, unsafe_writes=True)
    assert done["changed"] is True
    assert mounted.read_text() == "A=s3cret\n"
    assert mounted.stat().st_ino == inode


def test_an_owner_who_cannot_be_kept_is_an_error(
    env_file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> None:
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "chown", refuse)
    done = run(capsys, env_file, values={"A": "s3cret"}, backup=True)
    assert "belongs to another user or group" in done["msg"]
    assert "become" in done["msg"]
    assert env_file.read_text() == "A=1\n"
    assert names(env_file.parent) == ["secrets.env"]


def test_backups_of_the_same_second_do_not_overwrite_each_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        time, "gmtime", lambda: time.struct_time((2026, 11, 22, 14, 45, 0, 6, 326, 0))
    )
    copies = [dotenv.back_up(tmp_path / "x.env", text) for text in (b"1", b"2", b"3")]
    stem = str(tmp_path / "x.env.20261122T144500Z")
    assert copies == [f"{stem}.bak", f"{stem}-1.bak", f"{stem}-2.bak"]
    assert [Path(name).read_bytes() for name in copies] == [b"1", b"2", b"3"]


def test_a_copy_that_cannot_be_written_names_the_option(tmp_path: Path) -> None:
    with pytest.raises(MigrationError, match=r"^backup: cannot write a copy into "):
        dotenv.back_up(tmp_path / "missing" / "x.env", b"1")


@pytest.mark.parametrize("value", [True, None, 1.5, ["a"], {"a": "b"}])
def test_only_text_and_whole_numbers_are_values(
    env_file: Path, capsys: pytest.CaptureFixture[str], value: Any
) -> None:
    done = run(capsys, env_file, values={"KEY": value})
    assert done["msg"].startswith("values.KEY: the value is of type ")
    assert env_file.read_text() == "A=1\n"


def test_a_whole_number_is_written_as_its_digits(
    env_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(capsys, env_file, values={"PORT": 5432})
    assert env_file.read_text() == "A=1\nPORT=5432\n"


def test_the_system_log_gets_no_value(
    env_file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    logged: list[str] = []
    monkeypatch.setattr(AnsibleModule, "log", lambda self, message, **_: logged.append(message))
    run(capsys, env_file, values={"KEY": "s3cret"})
    assert "values=NOT_LOGGING_PARAMETER" in logged[0]
    assert "s3cret" not in logged[0]
