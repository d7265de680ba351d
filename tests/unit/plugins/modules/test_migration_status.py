# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What a status tells to others, whatever the secrets are."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible.module_utils.testing import patch_module_args
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.status import Status
from ansible_collections.fnndsc.swift_migration.plugins.modules.migration_status import main

FOUND = {"phase": "copying", "runs": [{"written": 1769932800.5}], "source": {"objects": 34}}


def login(password: str) -> dict[str, Any]:
    auth = {"auth_url": "http://old/auth/v1.0", "username": "chris:chris", "password": password}
    return {"auth_type": "v1password", "auth": auth}


@pytest.mark.parametrize(
    ("password", "fails"), [("o", True), ("4", True), ("9932", True), ("o4", False), ("55", False)]
)
def test_it_fails_where_ansible_would_mask_the_phase_or_a_number(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    password: str,
    fails: bool,
) -> None:
    monkeypatch.setattr(Status, "result", lambda _status: FOUND)
    arguments = {
        "source": {**login("5ecret"), "container": "users"},
        "destination": {**login(password), "container": "cube"},
    }
    with patch_module_args(arguments), pytest.raises(SystemExit):
        main()
    result = json.loads(capsys.readouterr().out)
    assert result.get("failed", False) is fails
    assert (result.get("phase") == "copying") is not fails
