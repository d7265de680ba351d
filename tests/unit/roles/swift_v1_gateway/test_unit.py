# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The systemd unit: what it starts, and what it leaves the service to do.

What systemd itself says of it is in ``tests/containers/test_swift_v1_gateway.py``.
"""

from __future__ import annotations

import re
import shlex
from typing import Any

import pytest
from swift_v1_gateway.options import parse

from tests.unit.roles.template import ROLES, evaluate

pytestmark = pytest.mark.usefixtures("lookups")

ROLE = ROLES / "swift_v1_gateway"
KEYSTONE = "https://keystone.example.org:5000/v3"
LOCKS = {
    "CapabilityBoundingSet": "",
    "DynamicUser": "yes",
    "LimitCORE": "0",
    "MemoryDenyWriteExecute": "yes",
    "NoNewPrivileges": "yes",
    "PrivateTmp": "yes",
    "ProtectHome": "yes",
    "ProtectSystem": "strict",
    "RestrictAddressFamilies": "AF_INET AF_INET6 AF_UNIX",
}


def unit(**variables: Any) -> str:
    template = ROLE / "templates" / "swift_v1_gateway.service.j2"
    known = {
        "role_path": str(ROLE),
        "ansible_search_path": [str(ROLE)],
        "swift_v1_gateway_keystone_url": KEYSTONE,
        **variables,
    }
    text = evaluate("swift_v1_gateway", f"lookup('ansible.builtin.template', '{template}')", known)
    return str(text)


def setting(text: str, name: str) -> str:
    [value] = re.findall(rf"^{name}=(.*)$", text, re.MULTILINE)
    return str(value)


def started(text: str) -> list[str]:
    """Return the command as systemd understands it."""
    return [
        word.replace("%%", "%").replace("$$", "$")
        for word in shlex.split(setting(text, "ExecStart"))
    ]


def test_it_starts_the_module_of_the_environment_with_options_that_it_understands() -> None:
    text = unit(swift_v1_gateway_region_name="RegionOne", swift_v1_gateway_listen="[::1]:8081")
    assert setting(text, "WorkingDirectory") == "/opt/swift_v1_gateway"
    python, *arguments = started(text)
    assert python == "/opt/swift_v1_gateway/venv/bin/python"
    assert arguments[:3] == ["-B", "-m", "swift_v1_gateway"]
    options = parse(arguments[3:])
    assert (options.keystone_url, options.region_name) == (KEYSTONE, "RegionOne")
    assert options.listen == ("::1", 8081)
    assert options.token_reuse == 300


def test_what_systemd_takes_for_its_own_is_told_apart() -> None:
    text = unit(swift_v1_gateway_region_name="100% $HOME 'it")
    assert parse(started(text)[4:]).region_name == "100% $HOME 'it"
    assert "%% $$HOME" in text


def test_it_listens_on_loopback_unless_told_otherwise() -> None:
    assert parse(started(unit())[4:]).listen == ("127.0.0.1", 8080)


@pytest.mark.parametrize("name", LOCKS)
def test_it_is_locked_down(name: str) -> None:
    assert setting(unit(), name) == LOCKS[name]


def test_another_code_or_another_environment_makes_another_unit() -> None:
    first = unit()
    assert unit() == first
    assert len(setting(first, "X-Fingerprint")) == 64
    assert unit(swift_v1_gateway_python="python3.12") != first
    sources = [str(ROLE / "files" / "swift_v1_gateway" / "options.py")]
    assert unit(swift_v1_gateway_sources=sources) != first
