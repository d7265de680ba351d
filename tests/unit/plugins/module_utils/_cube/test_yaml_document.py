# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""YAML that a program has printed."""

from __future__ import annotations

import sys

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.yaml_document import (
    parsed,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError


def test_a_document_is_read_without_running_anything() -> None:
    assert parsed("services: {cube: {image: 'cube:1'}}") == {
        "services": {"cube": {"image": "cube:1"}}
    }
    with pytest.raises(Exception, match="could not determine a constructor"):
        parsed("!!python/object/apply:os.getcwd []")


def test_a_python_without_a_parser_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "yaml", None)
    with pytest.raises(MigrationError, match=f"{sys.executable} cannot import yaml") as caught:
        parsed("{}")
    assert caught.value.option == "ansible_python_interpreter"
