# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Where capabilities are found and what they tell."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cloud.capabilities import (
    identify_server,
    info_urls,
)


@pytest.mark.parametrize(
    ("storage_url", "urls"),
    [
        (
            "http://swift:8080/v1/AUTH_chris",
            ["http://swift:8080/info", "http://swift:8080/swift/info"],
        ),
        (
            "https://ceph:13808/swift/v1/AUTH_p",
            ["https://ceph:13808/swift/info", "https://ceph:13808/info"],
        ),
        (
            "https://host/object-store/v1/AUTH_v1",
            ["https://host/object-store/info", "https://host/info", "https://host/swift/info"],
        ),
        ("https://ceph/swift/v1", ["https://ceph/swift/info", "https://ceph/info"]),
        ("https://odd/AUTH_p", ["https://odd/info", "https://odd/swift/info"]),
    ],
)
def test_the_likely_place_comes_first(storage_url: str, urls: list[str]) -> None:
    assert list(info_urls(storage_url)) == urls


@pytest.mark.parametrize(
    ("capabilities", "server"),
    [
        ({"swift": {"version": "2.38.3", "max_object_name_length": 1024}}, ("swift", "2.38.3")),
        ({"swift": {"version": "18.2.7", "max_object_name_size": 1024}}, ("ceph", "18.2.7")),
        ({"swift": {}}, ("swift", None)),
        ({}, (None, None)),
        ({"swift": "?"}, (None, None)),
    ],
)
def test_the_server_is_told(capabilities: dict[str, Any], server: tuple[str, str]) -> None:
    assert identify_server(capabilities) == server
