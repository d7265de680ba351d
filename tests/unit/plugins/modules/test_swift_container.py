# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""swift_container and swift_container_info: what surrounds the work."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.testing import patch_module_args
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.destination_container import (
    Provided,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.container_settings import (
    ContainerState,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.managed_container import (
    ContainerChange,
)
from ansible_collections.fnndsc.swift_migration.plugins.modules import swift_container


def run(capsys: pytest.CaptureFixture[str], **params: Any) -> dict[str, Any]:
    with patch_module_args(params), pytest.raises(SystemExit):
        swift_container.main()
    result: dict[str, Any] = json.loads(capsys.readouterr().out)
    return result


def test_a_setting_that_the_server_ignores_is_a_warning(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    state = ContainerState(exists=True)
    outcome = ContainerChange(True, state, state, ("X-Container-Read",))
    monkeypatch.setattr(swift_container, "ensure", lambda _params, *, check: Provided(outcome))
    warnings: list[str] = []
    monkeypatch.setattr(AnsibleModule, "warn", lambda _module, text: warnings.append(text))
    assert run(capsys, name="c")["changed"]
    assert warnings == ["The server did not set X-Container-Read of container 'c' as asked"]


def test_a_bad_setting_fails_before_anything_is_asked(capsys: pytest.CaptureFixture[str]) -> None:
    result = run(capsys, name="c", quota_bytes=-1, cloud="no-such-cloud")
    assert result["failed"]
    assert result["msg"].startswith("quota_bytes: -1 is below zero")


def test_an_unknown_option_of_auth_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    result = run(capsys, name="c", auth={"user": "chris"})
    assert result["failed"]
    assert "auth.user" in result["msg"]
