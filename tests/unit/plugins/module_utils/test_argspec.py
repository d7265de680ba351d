# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The shared argument specification."""

from __future__ import annotations

from ansible_collections.fnndsc.swift_migration.plugins.module_utils._argspec import (
    connection_options,
)

SECRET = {"password", "application_credential_secret", "token"}


def test_every_secret_is_hidden_and_nothing_else() -> None:
    spec = connection_options()
    assert {
        name for name, option in spec["auth"]["options"].items() if "no_log" in option
    } == SECRET
    assert not any("no_log" in option for option in spec.values())


def test_each_call_gives_a_specification_of_its_own() -> None:
    connection_options()["auth"]["options"]["username"]["required"] = True
    assert "required" not in connection_options()["auth"]["options"]["username"]
