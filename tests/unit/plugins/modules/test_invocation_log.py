# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What the system log gets of a module's call: no part of any secret, whatever it is made of."""

from __future__ import annotations

import importlib
import re
from pathlib import Path
from typing import Any

import pytest
from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.testing import patch_module_args
from ansible_collections.fnndsc.swift_migration.plugins import modules

pytestmark = pytest.mark.security

ON_THE_CONTROLLER = {"migration_dossier", "migration_hooks", "preflight_report"}
"""Actions without a module."""

FOUND = {path.stem for path in Path(next(iter(modules.__path__))).glob("[!_]*.py")}
MODULES = sorted(FOUND - ON_THE_CONTROLLER)

SECRETS = [
    "back\\slash-Secret2",
    "both'and\"-Secret3",
    "tab\tSecret4",
    "line\nSecret5",
    "two  blanks-Secret6",
    "ümlaut-Secret7",
    "\x1b-Secret8",
]

TWO_LOGINS = (
    "migration_phase",
    "migration_status",
    "swift_catalogue",
    "swift_compare",
    "swift_preflight",
    "swift_rollback",
    "swift_sync",
)

AUTH = {"auth_url": "https://k/v3", "username": "u", "user_domain_id": "d"}


def arguments(name: str, secret: str) -> dict[str, Any]:
    """A call of a module with a secret wherever it takes one."""
    login = {"auth": {**AUTH, "password": secret, "token": secret}}
    if name == "dotenv":
        return {"path": "/nowhere", "values": {"KEY": secret}}
    if name.startswith("cube_"):
        settings = {"cube_storage_commands": {"environment": f"PGPASSWORD='{secret}' env"}}
        variables = {"SWIFT_KEY": secret}
        state = {"cube_environment": "new", "cube_services": "stopped"}.get(name)
        given: dict[str, Any] = {"settings": settings, "variables": variables}
        given |= {"path": "/nowhere"} if name == "cube_catalogue" else {}
        return {**given, "state": state} if state else given
    if name in TWO_LOGINS:
        side = {"container": "c", **login}
        sides = {"source": side, "destination": side}
        return {**sides, "names": "/nowhere"} if name == "swift_catalogue" else sides
    if name == "migration_control":  # it takes no login
        return {"source": "c", "destination": "d"}
    if name == "swift_fence":
        return {"name": "c", "state": "present", **login}
    named = name in ("swift_container", "swift_names_info")
    return {"name": "c", **login} if named else login


@pytest.mark.parametrize("secret", SECRETS, ids=range(len(SECRETS)))
@pytest.mark.parametrize("name", MODULES)
def test_no_secret_is_in_the_system_log(
    name: str, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    logged: list[str] = []

    def log(_module: AnsibleModule, message: str, **_more: Any) -> None:
        logged.append(message)
        raise SystemExit

    monkeypatch.setattr(AnsibleModule, "log", log)
    module = importlib.import_module(f"{modules.__name__}.{name}")
    with patch_module_args(arguments(name, secret)), pytest.raises(SystemExit):
        module.main()
    (message,) = logged
    assert message.startswith("Invoked with ")
    for word in re.findall(r"\w{5,}", secret):
        assert word not in message


def test_the_names_of_options_are_in_the_system_log(monkeypatch: pytest.MonkeyPatch) -> None:
    logged: list[str] = []
    monkeypatch.setattr(AnsibleModule, "log", lambda _module, text, **_more: logged.append(text))
    module = importlib.import_module(f"{modules.__name__}.swift_auth")
    with patch_module_args({"auth": {**AUTH, "token": "s3cret"}}), pytest.raises(SystemExit):
        module.main()
    assert "auth=(of application_credential_id, " in logged[0]
    assert "validate_certs=True" in logged[0]
