# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Metadata beyond what the destination takes is named."""

from __future__ import annotations

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cloud.metadata_limits import (
    MetadataLimits,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError

LIMITS = MetadataLimits(name=10, value=20, count=3, size=40)
AT_THE_LIMITS = [
    {"content-type": "x" * 1000},
    {f"x-object-meta-{'n' * 10}": "v" * 20},
    {f"x-object-meta-{letter}": "v" for letter in "abc"},
    {"x-object-meta-a": "v" * 19, "x-object-meta-b": "v" * 19},
]


@pytest.mark.parametrize("headers", AT_THE_LIMITS)
def test_what_fits_passes(headers: dict[str, str]) -> None:
    LIMITS.check(headers)
    with pytest.raises(MigrationError):  # one byte more
        LIMITS.check({**headers, "x-object-meta-a": "v" * 21})


@pytest.mark.parametrize(
    ("headers", "message"),
    [
        ({f"x-object-meta-{'n' * 11}": "v"}, "the name of its metadata 'n{11}' has 11 bytes"),
        ({"x-object-meta-a": "v" * 21}, "its metadata 'a' has 21 bytes, the destination takes 20"),
        ({f"x-object-meta-{letter}": "v" for letter in "abcd"}, "it has 4 metadata items"),
        (
            {"x-object-meta-a": "v" * 20, "x-object-meta-b": "v" * 19},
            "its metadata has 41 bytes, the destination takes 40",
        ),
    ],
)
def test_what_does_not_fit_is_refused_with_figures(headers: dict[str, str], message: str) -> None:
    with pytest.raises(MigrationError, match=message):
        LIMITS.check(headers)


def test_a_server_that_tells_nothing_is_not_second_guessed() -> None:
    headers = {f"x-object-meta-{number}{'n' * 300}": "v" * 5000 for number in range(100)}
    MetadataLimits().check(headers)
    with pytest.raises(MigrationError, match="has 5000 bytes, the destination takes 4999"):
        MetadataLimits(value=4999).check(headers)
