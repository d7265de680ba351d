# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A command that was typed, to be typed again: the same, or with another playbook."""

from __future__ import annotations

import shutil

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.plugin_utils._typed_command import (
    TypedCommand,
)

PROGRAM = "/usr/bin/ansible-playbook"
CUTOVER = "swift_migration_cutover=true"


@pytest.fixture(autouse=True)
def on_the_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")


def typed(*words: str, extra_vars: tuple[str, ...] = (), playbook: str = "") -> TypedCommand:
    return TypedCommand([PROGRAM, *words], [playbook or words[-1]], extra_vars)


def test_it_is_quoted_for_a_shell() -> None:
    command = typed("-i", "my migration", "playbooks/migrate.yml")
    assert command.again() == "ansible-playbook -i 'my migration' playbooks/migrate.yml"
    assert command.with_playbook("rollback") == (
        "ansible-playbook -i 'my migration' playbooks/rollback.yml"
    )


@pytest.mark.parametrize(
    ("playbook", "rollback"),
    [
        ("migrate.yml", "rollback.yml"),
        ("playbooks/verify.yml", "playbooks/rollback.yml"),
        ("/opt/x/playbooks/migrate.yml", "/opt/x/playbooks/rollback.yml"),
        ("playbooks/rollback.yml", "playbooks/rollback.yml"),
        ("fnndsc.swift_migration.migrate", "fnndsc.swift_migration.rollback"),
        ("site.yml", "fnndsc.swift_migration.rollback"),
    ],
)
def test_the_other_playbook_is_named_as_the_user_named_the_first(
    playbook: str, rollback: str
) -> None:
    assert typed(playbook).with_playbook("rollback") == f"ansible-playbook {rollback}"


def test_the_playbook_is_found_though_an_option_has_its_name() -> None:
    command = typed("-i", "migrate.yml", "migrate.yml", "-v", playbook="migrate.yml")
    assert command.with_playbook("rollback") == "ansible-playbook -i migrate.yml -v rollback.yml"


def test_a_program_that_the_shell_would_not_find_has_its_path() -> None:
    command = TypedCommand(["/opt/venv/bin/ansible-playbook", "x.yml"], ["x.yml"], [])
    assert command.again() == "/opt/venv/bin/ansible-playbook x.yml"


@pytest.mark.parametrize(
    "harmless", [CUTOVER, "@vars.yml", '{"swift_migration_cutover": true}', ""]
)
def test_extra_variables_without_a_secret_are_shown(harmless: str) -> None:
    command = typed("-e", harmless, "migrate.yml", extra_vars=(harmless,))
    assert "as before" not in command.again()
    assert harmless in command.again()


@pytest.mark.parametrize("option", [["-e", "k=secret"], ["--extra-vars=k=secret"], ["-ek=secret"]])
def test_all_others_are_hidden(option: list[str]) -> None:
    command = typed(*option, "-e", CUTOVER, "migrate.yml", extra_vars=("", "k=secret", CUTOVER))
    for shown in (command.again(), command.with_playbook("rollback")):
        assert "secret" not in shown
        assert "(as before)" in shown
        assert CUTOVER in shown
