# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Whose certificates are trusted."""

from __future__ import annotations

from pathlib import Path

import certifi
import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport import authorities


@pytest.fixture(autouse=True)
def system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only place where the system of this test would have its store."""
    for name in authorities.VARIABLES:
        monkeypatch.delenv(name, raising=False)
    path = tmp_path / "ca-certificates.crt"
    monkeypatch.setattr(authorities, "SYSTEM", (str(tmp_path / "none"), str(path)))
    return path


def test_those_of_the_system_count(system: Path) -> None:
    system.write_text("certificates")
    assert authorities.trusted() == str(system)


@pytest.mark.parametrize("is_empty", [True, False])
def test_without_a_store_those_of_certifi_count(system: Path, *, is_empty: bool) -> None:
    if is_empty:
        system.touch()
    assert authorities.trusted() == certifi.where()


@pytest.mark.parametrize("name", authorities.VARIABLES)
def test_the_environment_counts_before_the_system(
    system: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    system.write_text("certificates")
    monkeypatch.setenv(name, "/environment.pem")
    assert authorities.trusted() == "/environment.pem"
    assert authorities.trusted("/own.pem") == "/own.pem"
