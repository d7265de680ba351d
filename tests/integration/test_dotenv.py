# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The module dotenv, run as Ansible runs it, on real files."""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.integration.conftest import RunModule

HIDDEN = "Pa55 w0rd$"
BEFORE = b"# CUBE's storage; not \xfftext\nSTORAGE_ENV=swift\n\nexport SWIFT_KEY='old key'\nDEBUG=1"
AFTER = (
    b"# CUBE's storage; not \xfftext\nSTORAGE_ENV=s3\n\nexport SWIFT_KEY='Pa55 w0rd$'\n"
    b"S3_REGION=RegionOne\n"
)
CHANGE: dict[str, Any] = {
    "values": {"STORAGE_ENV": "s3", "SWIFT_KEY": HIDDEN, "S3_REGION": "RegionOne"},
    "absent": ["DEBUG", "DEFAULT_FILE_STORAGE"],
}


Dotenv = Callable[..., dict[str, Any]]


@pytest.fixture
def dotenv(run_module: RunModule, tmp_path: Path) -> Dotenv:
    """The module; it fails a test when what it says has a value of the file or one to set."""

    def run(path: Path, check: bool = False, **arguments: Any) -> dict[str, Any]:
        arguments["path"] = str(path)
        result = run_module("dotenv", arguments, check=check, diff=True)
        assert not re.search("Pa55|old key|RegionOne", json.dumps(result))
        assert names(tmp_path) == ["cube"]
        return result

    return run


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


@pytest.fixture
def env_file(tmp_path: Path) -> Path:
    path = tmp_path / "cube" / "s3.env"
    path.parent.mkdir()
    path.write_bytes(BEFORE)
    path.chmod(0o640)
    return path


def test_check_mode_tells_what_would_change_and_writes_nothing(
    dotenv: Dotenv, env_file: Path
) -> None:
    told = dotenv(env_file, check=True, backup=True, mode="0600", **CHANGE)
    assert env_file.read_bytes() == BEFORE
    assert stat.S_IMODE(env_file.stat().st_mode) == 0o640
    assert names(env_file.parent) == ["s3.env"]
    done = dotenv(env_file, backup=True, mode="0600", **CHANGE)
    for key in ("changed", "path", "added_keys", "changed_keys", "removed_keys", "diff"):
        assert told[key] == done[key]


def test_a_change_touches_the_named_lines_only(dotenv: Dotenv, env_file: Path) -> None:
    done = dotenv(env_file, **CHANGE)
    assert env_file.read_bytes() == AFTER
    assert done["changed"] is True
    assert done["added_keys"] == ["S3_REGION"]
    assert done["changed_keys"] == ["STORAGE_ENV", "SWIFT_KEY"]
    assert done["removed_keys"] == ["DEBUG"]
    assert "backup_file" not in done
    assert names(env_file.parent) == ["s3.env"]


def test_a_second_run_changes_nothing(dotenv: Dotenv, env_file: Path) -> None:
    dotenv(env_file, **CHANGE)
    first = env_file.stat()
    again = dotenv(env_file, backup=True, mode="0640", **CHANGE)
    assert again["changed"] is False
    assert (again["added_keys"], again["changed_keys"], again["removed_keys"]) == ([], [], [])
    assert [(part["before"], part["after"]) for part in again["diff"]] == [("", "")]
    assert names(env_file.parent) == ["s3.env"]
    assert (env_file.stat().st_ino, env_file.stat().st_mtime_ns) == (
        first.st_ino,
        first.st_mtime_ns,
    )


def test_the_diff_shows_names_and_no_values(dotenv: Dotenv, env_file: Path) -> None:
    diff = dotenv(env_file, check=True, mode="0600", **CHANGE)["diff"]
    assert diff[0]["before"] == "STORAGE_ENV=(hidden)\nSWIFT_KEY=(hidden)\nDEBUG=(hidden)\n"
    assert diff[0]["after"].splitlines() == [
        "STORAGE_ENV=(hidden, changed)",
        "SWIFT_KEY=(hidden, changed)",
        "S3_REGION=(hidden, added)",
    ]
    assert (diff[1]["before"], diff[1]["after"]) == ({"mode": "0640"}, {"mode": "0600"})


def test_short_values_do_not_mangle_the_result(dotenv: Dotenv, env_file: Path) -> None:
    values = {"STORAGE_ENV": "s3", "A": "true", "B": "1", "C": "0", "D": "env", "E": 64, "F": "A"}
    done = dotenv(env_file, values=values)
    assert done["path"] == str(env_file)
    assert done["added_keys"] == ["A", "B", "C", "D", "E", "F"]
    assert done["changed"] is True
    assert (done["mode"], done["state"]) == ("0640", "file")
    hidden = dict.fromkeys(values, "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER")
    assert done["invocation"]["module_args"]["values"] == hidden
    assert env_file.read_bytes().endswith(b"\nA=true\nB=1\nC=0\nD=env\nE=64\nF=A\n")


def test_mode_and_owner_stay_when_they_are_not_given(dotenv: Dotenv, env_file: Path) -> None:
    owner, group = (
        (1, 1) if os.geteuid() == 0 else (os.geteuid(), [os.getegid(), *os.getgroups()][-1])
    )
    os.chown(env_file, owner, group)
    env_file.chmod(0o604)
    dotenv(env_file, **CHANGE)
    status = env_file.stat()
    assert (status.st_uid, status.st_gid, stat.S_IMODE(status.st_mode)) == (owner, group, 0o604)


def test_a_mode_alone_is_a_change(dotenv: Dotenv, env_file: Path) -> None:
    assert dotenv(env_file, values={}, mode="0400")["changed"] is True
    assert stat.S_IMODE(env_file.stat().st_mode) == 0o400
    assert dotenv(env_file, values={}, mode="0400")["changed"] is False
    assert env_file.read_bytes() == BEFORE


def test_a_backup_is_as_the_file_was_and_private(dotenv: Dotenv, env_file: Path) -> None:
    done = dotenv(env_file, backup=True, **CHANGE)
    backup = Path(done["backup_file"])
    assert backup.parent == env_file.parent
    assert backup.name.startswith("s3.env.2")
    assert backup.read_bytes() == BEFORE
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600


def test_who_has_the_file_open_sees_the_old_one_whole(dotenv: Dotenv, env_file: Path) -> None:
    with env_file.open("rb") as reader:
        dotenv(env_file, **CHANGE)
        assert reader.read() == BEFORE


def test_a_link_stays_and_its_target_changes(dotenv: Dotenv, env_file: Path) -> None:
    link = env_file.parent / "current.env"
    link.symlink_to("s3.env")
    done = dotenv(link, **CHANGE)
    assert link.is_symlink()
    assert env_file.read_bytes() == AFTER
    assert done["path"] == str(env_file)


def test_a_new_file_is_private(dotenv: Dotenv, env_file: Path) -> None:
    new = env_file.parent / "new.env"
    assert dotenv(new, check=True, create=True, **CHANGE)["changed"] is True
    assert not new.exists()
    done = dotenv(new, create=True, backup=True, **CHANGE)
    assert new.read_text() == "STORAGE_ENV=s3\nSWIFT_KEY='Pa55 w0rd$'\nS3_REGION=RegionOne\n"
    assert stat.S_IMODE(new.stat().st_mode) == 0o600
    assert "backup_file" not in done
    assert dotenv(new, create=True, **CHANGE)["changed"] is False


def test_a_new_file_gets_the_mode_that_was_asked_for(dotenv: Dotenv, env_file: Path) -> None:
    dotenv(env_file.parent / "new.env", create=True, mode="0644", **CHANGE)
    assert stat.S_IMODE((env_file.parent / "new.env").stat().st_mode) == 0o644


FAILURES: dict[str, tuple[Callable[[Path], Path], dict[str, Any], str]] = {
    "missing": (lambda f: f.parent / "none", CHANGE, "none does not exist. Create it with create="),
    "no folder": (
        lambda f: f.parent / "no" / "x",
        {**CHANGE, "create": True},
        "/no does not exist.",
    ),
    "a folder": (lambda f: f.parent, CHANGE, "is not a file."),
    "unreadable": (
        lambda f: Path("/proc/self/mem"),
        CHANGE,
        "mem: Input/output error. Run the task as a user who may",
    ),
    "name": (
        lambda f: f,
        {"values": {"1A": HIDDEN}},
        "values: '1A' is not the name of an environment variable",
    ),
    "name to remove": (lambda f: f, {"absent": ["A B"]}, "absent: 'A B' is not the name of"),
    "value": (lambda f: f, {"values": {"A": HIDDEN + "\0"}}, "values.A: the value has control"),
    "type": (
        lambda f: f,
        {"values": {"A": [HIDDEN]}},
        "values.A: the value is of type list, not text. Write it in quotes.",
    ),
    "both": (
        lambda f: f,
        {"values": {"A": HIDDEN}, "absent": ["A"]},
        "absent: A is in values as well.",
    ),
    "nothing": (lambda f: f, {}, "one of the following is required: values, absent"),
    "not a dictionary": (lambda f: f, {"values": HIDDEN}, "unable to convert to dict"),
}


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize("failure", FAILURES)
def test_a_failure_is_one_clear_line_and_leaves_the_file(
    dotenv: Dotenv, env_file: Path, failure: str, check: bool
) -> None:
    path, arguments, message = FAILURES[failure]
    done = dotenv(path(env_file), check=check, backup=True, **arguments)
    assert done["failed"] is True
    assert message in done["msg"]
    assert "\n" not in done["msg"]
    assert env_file.read_bytes() == BEFORE
    assert names(env_file.parent) == ["s3.env"]


def test_a_file_with_an_open_quote_is_left_alone(dotenv: Dotenv, env_file: Path) -> None:
    env_file.write_text("A=1\nB='old key\n")
    done = dotenv(env_file, backup=True, **CHANGE)
    assert done["msg"].startswith("path: line 2 opens a quote that is never closed")
    assert env_file.read_text() == "A=1\nB='old key\n"
