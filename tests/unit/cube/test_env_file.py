# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Env files as Docker Compose and systemd read them."""

from __future__ import annotations

from pathlib import Path

from tests.cube import env_file


def test_comments_quotes_and_earlier_lines_are_no_part_of_a_value(tmp_path: Path) -> None:
    path = tmp_path / "secrets.env"
    path.write_text("# A=0\nA=1\n\nB='x y'\nexport C=\"a=b\"\nD=\nA=2\n#E=5\n")
    assert env_file.read(path) == {"A": "2", "B": "x y", "C": "a=b", "D": ""}


def test_what_is_written_is_read_and_private(tmp_path: Path) -> None:
    path = tmp_path / "secrets.env"
    env_file.write(path, {"SWIFT_KEY": "te=sting", "EMPTY": ""})
    assert env_file.read(path) == {"SWIFT_KEY": "te=sting", "EMPTY": ""}
    assert path.stat().st_mode & 0o777 == 0o600
