# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What is recorded of a switch: written once, read only if nobody else can have written it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.switch_record import (
    RecordFile,
    SwitchRecord,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError

NAMES = ["STORAGE_ENV", "SWIFT_KEY"]


@pytest.fixture
def env_file(tmp_path: Path) -> Path:
    path = tmp_path / "secrets.env"
    path.write_text("STORAGE_ENV=swift\n")
    return path


@pytest.fixture
def file(env_file: Path) -> RecordFile:
    return RecordFile(env_file.with_name("cube-storage.json"), [env_file])


def keep(file: RecordFile, *, changed: bool = True, target: str = "s3 new", **more: Any) -> None:
    (path,) = file.env_files
    file.keep(
        target,
        more.get("names", NAMES),
        {path: path.read_bytes()},
        {path} if changed else set(),
        write=more.get("write", lambda path, content: path.write_bytes(content)),
        kept=more.get("kept", 2),
    )


def test_the_record_names_the_first_copy_of_each_file(file: RecordFile, env_file: Path) -> None:
    assert file.load() is None
    keep(file)
    first = file.load()
    assert first is not None
    assert (first.target, first.names) == ("s3 new", NAMES)
    assert Path(first.copies[str(env_file)]).read_text() == "STORAGE_ENV=swift\n"
    env_file.write_text("STORAGE_ENV=s3\n")
    keep(file, names=["S3_KEY"])
    second = file.load()
    assert second is not None
    assert second.copies == first.copies
    assert second.names == ["S3_KEY", *NAMES]


def test_the_record_is_written_only_when_it_changes(file: RecordFile) -> None:
    written: list[Path] = []

    def write(path: Path, content: bytes) -> None:
        written.append(path)
        path.write_bytes(content)

    keep(file, write=write)
    keep(file, write=write)
    assert written == [file.path]


def test_a_file_that_does_not_change_is_copied_once(file: RecordFile, env_file: Path) -> None:
    keep(file, changed=False)
    keep(file, changed=False)
    assert len(list(env_file.parent.glob("*.bak"))) == 1


def test_the_copy_that_is_needed_is_kept_beside_the_youngest(
    file: RecordFile, env_file: Path
) -> None:
    for number in range(4):
        env_file.write_text(f"NUMBER={number}\n")
        keep(file, kept=1)
    texts = sorted(path.read_text() for path in env_file.parent.glob("*.bak"))
    assert texts == ["NUMBER=0\n", "NUMBER=3\n"]


def test_a_copy_is_made_before_the_record_names_it(file: RecordFile, env_file: Path) -> None:
    def broken(_path: Path, _content: bytes) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        keep(file, write=broken)
    assert file.load() is None
    assert len(list(env_file.parent.glob("*.bak"))) == 1


def test_another_switch_is_not_recorded_over(file: RecordFile) -> None:
    keep(file)
    assert file.load_of("s3 new") == file.load()
    before = file.path.read_bytes()
    with pytest.raises(MigrationError, match="switched to another storage before: s3 new"):
        keep(file, target="s3 other")
    assert file.path.read_bytes() == before


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"{}", b'{"target": "t", "copies": [], "names": []}']
)
def test_what_no_switch_has_written_is_an_error(file: RecordFile, content: bytes) -> None:
    file.path.write_bytes(content)
    file.path.chmod(0o600)
    with pytest.raises(MigrationError, match="this role did not write it") as caught:
        file.load()
    assert caught.value.option == "cube_storage_memory"


@pytest.mark.parametrize(
    ("path", "copy", "problem"),
    [
        ("/etc/shadow", "/etc/shadow.20260101T000000Z.bak", "which is none of the env files"),
        ("{}", "/elsewhere/secrets.env.20260101T000000Z.bak", "beside which it is not"),
        ("{}", "{}.bak", "beside which it is not"),
    ],
)
def test_a_record_leads_to_no_other_file(
    file: RecordFile, env_file: Path, path: str, copy: str, problem: str
) -> None:
    copies = {path.format(env_file): copy.format(env_file)}
    file.path.write_bytes(SwitchRecord("s3 new", copies, NAMES).dump())
    file.path.chmod(0o600)
    with pytest.raises(MigrationError, match=problem):
        file.load()


def test_a_record_holds_names_and_no_value(file: RecordFile) -> None:
    keep(file)
    assert set(json.loads(file.path.read_text())) == {"target", "copies", "names"}
    assert "swift" not in file.path.read_text().replace(str(file.path.parent), "")
