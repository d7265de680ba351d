# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Who runs a process, and where."""

from __future__ import annotations

import os
import socket

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils import _who


def test_it_is_a_user_on_a_host(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_who.getpass, "getuser", lambda: "chris")
    assert _who.who() == f"chris@{socket.gethostname()}"


def test_a_user_without_a_name_is_told_by_number(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody() -> str:
        raise KeyError

    monkeypatch.setattr(_who.getpass, "getuser", nobody)
    assert _who.who().startswith(f"{os.getuid()}@")
