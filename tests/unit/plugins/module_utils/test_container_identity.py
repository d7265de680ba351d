# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What tells a container from any other, wherever it is reached."""

from __future__ import annotations

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._container_identity import (
    MAX_NAME,
    account,
    identity,
)

URL = "http://swift:8080/v1/AUTH_x"


@pytest.mark.parametrize("url", [URL, f"{URL}/", "https://objects.example.org/swift/v1/AUTH_x"])
def test_the_address_by_which_an_account_is_reached_does_not_count(url: str) -> None:
    assert identity(url, "users", "1.5") == "AUTH_x/users@1.5"
    assert account(url) == "AUTH_x"


def test_a_container_without_a_timestamp_is_known_by_its_name() -> None:
    assert identity(URL, "a/b", "") == "AUTH_x/a%2Fb@"


def test_a_name_is_stored_as_it_is_while_it_is_short_enough() -> None:
    longest = "x" * (MAX_NAME - len("AUTH_x/"))
    assert identity(URL, longest, "") == f"AUTH_x/{longest}@"
    assert longest not in identity(URL, f"{longest}x", "")


@pytest.mark.parametrize("name", ["ü日本", "x" * 256])
def test_any_containers_name_fits_into_a_metadata_value(name: str) -> None:
    found = identity(URL, name, "1234567890.12345")
    assert found.isascii()
    assert len(found) <= 256
    assert found != identity(URL, name[:-1], "1234567890.12345")
