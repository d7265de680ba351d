# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Paths below the home of whoever runs the modules, as the roles have them by default."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.integration.playbooks.controller import Controller

PLAY = """\
- hosts: localhost
  gather_facts: false
  roles:
    - role: fnndsc.swift_migration.swift_v1_gateway
"""


def test_the_gateway_is_installed_below_the_home(tmp_path: Path) -> None:
    variables = {
        "ansible_connection": "local",
        "ansible_python_interpreter": sys.executable,
        "swift_v1_gateway_service": "none",
        "swift_v1_gateway_keystone_url": "https://keystone.example.org:5000/v3",
    }
    controller = Controller(tmp_path / "home", variables)
    (tmp_path / "play.yml").write_text(PLAY)
    done = controller.run(playbook=str(tmp_path / "play.yml"), inventory="localhost,")
    assert done.status == 0, done.output
    folder = controller.home / ".local/share/fnndsc.swift_migration/swift_v1_gateway"
    assert (folder / "venv/bin/python").exists()
    assert (folder / "swift_v1_gateway/__main__.py").exists()
    assert "cd ~/.local/share/fnndsc.swift_migration/swift_v1_gateway &&" in done.output
