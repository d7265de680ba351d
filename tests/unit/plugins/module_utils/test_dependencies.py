# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What is said when a package is missing."""

from __future__ import annotations

import gc
import importlib
import sys

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils import _dependencies
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError


def test_nothing_is_missing_here() -> None:
    assert _dependencies.require() is None  # type: ignore[func-returns-value]


def test_every_missing_package_is_named_with_the_python(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(MigrationError) as caught:
        _dependencies.require("pycurl", "openstacksdk")
    assert str(caught.value).startswith(
        f"{sys.executable} cannot import pycurl, openstacksdk. Install them there"
    )


def test_it_can_be_imported_without_any_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("keystoneauth1.exceptions", "keystoneauth1.loading", "pycurl"):
        monkeypatch.setitem(sys.modules, name, None)
    try:
        assert importlib.reload(_dependencies).pycurl is None
    finally:
        monkeypatch.undo()
        importlib.reload(_dependencies)


@pytest.mark.parametrize("collecting", [True, False])
def test_garbage_is_looked_for_afterwards_as_it_was_before(collecting: bool) -> None:
    before = gc.isenabled()
    (gc.enable if collecting else gc.disable)()
    try:
        importlib.reload(_dependencies)
        assert gc.isenabled() is collecting
    finally:
        (gc.enable if before else gc.disable)()
