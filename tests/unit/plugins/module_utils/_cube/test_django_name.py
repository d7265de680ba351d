# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The names under which django-storages asks for objects over S3.

tests/integration compares them with what the library itself makes of names.
"""

from __future__ import annotations

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.django_name import (
    ChangedNames,
    django_name,
)

KEPT = ("a", "a/b", "a/b/", "a b/ä.dcm", ".hidden", "a/.b", "a..b/c", "a%2Fb", "...")
CHANGED = {
    "a//b": "a/b",
    "a/./b": "a/b",
    "a/../b": "b",
    "/a": "a",
    "//a": "a",
    "a\\b": "a/b",
    "a\\..\\b": "b",
    "a//": "a/",
    ".": "",
    "./": "",
    "..": "",
    "../a": "a",
}


@pytest.mark.parametrize("name", KEPT)
def test_a_plain_name_stays_as_it_is(name: str) -> None:
    assert django_name(name) == name


@pytest.mark.parametrize(("name", "expected"), CHANGED.items())
def test_a_name_is_taken_for_a_path(name: str, expected: str) -> None:
    assert django_name(name) == expected


def test_all_are_counted_and_the_first_are_named() -> None:
    found = ChangedNames.among([*KEPT, "a//b", "c//d", "e//f"], 2)
    assert found == ChangedNames(len(KEPT) + 3, 3, ["a//b", "c//d"])
    assert ChangedNames.among(KEPT, 2) == ChangedNames(len(KEPT), 0, [])
