# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""When packages count as installed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.servers.virtual_environment import VirtualEnvironment


@pytest.fixture
def packages(tmp_path: Path) -> VirtualEnvironment:
    constraints = tmp_path / "constraints.txt"
    constraints.write_text("# pinned\noslo.config==1.2\nFlask-RESTful==0.3\n")
    return VirtualEnvironment(tmp_path / "venv", tmp_path / "requirements.txt", constraints)


def install(packages: VirtualEnvironment, *names: str) -> None:
    for name in names:
        (packages.path / "lib/python3.11/site-packages" / f"{name}.dist-info").mkdir(parents=True)


def test_nothing_is_not_installed(packages: VirtualEnvironment) -> None:
    assert not packages.is_installed()


def test_all_pinned_versions_are_installed_however_they_are_spelled(
    packages: VirtualEnvironment,
) -> None:
    install(packages, "oslo_config-1.2", "Flask_RESTful-0.3", "pip-26.0")
    assert packages.is_installed()


def test_another_version_does_not_count(packages: VirtualEnvironment) -> None:
    install(packages, "oslo.config-1.3", "flask_restful-0.3")
    assert not packages.is_installed()
