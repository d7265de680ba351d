# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Every module that logs in names a wrong option of the login, and shows no traceback."""

from __future__ import annotations

import importlib
import json
from typing import Any

import pytest
from ansible.module_utils.testing import patch_module_args
from ansible_collections.fnndsc.swift_migration.plugins import modules

ONE_LOGIN: dict[str, dict[str, Any]] = {
    "ec2_credential": {},
    "ec2_credential_info": {},
    "swift_auth": {},
    "swift_container": {"name": "c"},
    "swift_container_info": {"names": ["c"]},
    "swift_fence": {"name": "c"},
    "swift_names_info": {"name": "c"},
}
TWO_LOGINS = ("migration_phase", "swift_catalogue", "swift_compare", "swift_rollback", "swift_sync")


@pytest.mark.parametrize("name", [*ONE_LOGIN, *TWO_LOGINS])
def test_an_openrc_that_is_not_there_is_named(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    login: dict[str, Any] = {"openrc": "/nowhere/openrc.sh"}
    given = ONE_LOGIN[name] | login if name in ONE_LOGIN else {}
    if not given:
        given = {side: {"container": "c", **login} for side in ("source", "destination")}
        given |= {"names": "/nowhere/names"} if name == "swift_catalogue" else {}
    module = importlib.import_module(f"{modules.__name__}.{name}")
    with patch_module_args(given), pytest.raises(SystemExit):
        module.main()
    result = json.loads(capsys.readouterr().out)
    assert result["failed"]
    assert "/nowhere/openrc.sh" in result["msg"]
