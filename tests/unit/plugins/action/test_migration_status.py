# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The command that a status names."""

from __future__ import annotations

import shutil
import sys
from typing import Any

import pytest
from ansible import context
from ansible_collections.fnndsc.swift_migration.plugins.action.migration_status import typed
from ansible_collections.fnndsc.swift_migration.plugins.plugin_utils._next_step import (
    BACK,
    CUTOVER,
    LOOK,
)

SECRET = "key=Pw1kq"


@pytest.mark.parametrize(
    ("step", "command"),
    [
        (BACK, "ansible-playbook -i mine -e '(as before)' playbooks/rollback.yml"),
        (LOOK, "ansible-playbook -i mine -e '(as before)' playbooks/status.yml"),
        (
            CUTOVER,
            "ansible-playbook -i mine -e '(as before)' playbooks/migrate.yml "
            "-e swift_migration_cutover=true",
        ),
    ],
)
def test_it_is_the_one_that_was_typed_with_another_playbook_and_no_secret(
    monkeypatch: pytest.MonkeyPatch, step: str, command: str
) -> None:
    program, given = "/usr/bin/ansible-playbook", ["-i", "mine", "-e", SECRET]
    arguments: dict[str, Any] = {"args": ["playbooks/status.yml"], "extra_vars": [SECRET]}
    monkeypatch.setattr(sys, "argv", [program, *given, "playbooks/status.yml"])
    monkeypatch.setattr(shutil, "which", lambda _name: program)
    monkeypatch.setattr(context, "CLIARGS", arguments)
    assert typed(step) == command
