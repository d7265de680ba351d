# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A lab's files."""

from __future__ import annotations

from pathlib import Path

from tests.servers.settings import Settings
from tests.servers.state import State


def test_a_private_file_is_its_owners_alone(tmp_path: Path) -> None:
    file = tmp_path / "new" / "secret"
    State(tmp_path).write_private(file, "one")
    State(tmp_path).write_private(file, "two")
    assert file.read_text() == "two"
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    assert list(file.parent.iterdir()) == [file]


def test_settings_are_remembered(tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    assert Settings.load(file) == Settings()
    wanted = Settings(max_object_size=1 << 20, token_seconds=5, proxy_log_level="WARNING")
    wanted.save(file)
    assert Settings.load(file) == wanted
