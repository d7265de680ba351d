# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Metadata beyond what the destination takes is named."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.metadata_limits import (
    RADOS_GATEWAY_NAME,
    MetadataLimits,
)

INFO: dict[str, Any] = {
    "swift": {
        "version": "2.38.0",
        "max_meta_name_length": 10,
        "max_meta_value_length": 20,
        "max_meta_count": 3,
        "max_meta_overall_size": 40,
    }
}
AT_THE_LIMITS = [
    {"content-type": "x" * 1000},
    {f"x-object-meta-{'n' * 10}": "v" * 20},
    {f"x-object-meta-{letter}": "v" for letter in "abc"},
    {"x-object-meta-a": "v" * 19, "x-object-meta-b": "v" * 19},
]


@pytest.mark.parametrize("headers", AT_THE_LIMITS)
def test_what_fits_passes(headers: dict[str, str]) -> None:
    limits = MetadataLimits.of(INFO)
    limits.check(headers)
    assert limits == MetadataLimits(10, 20, 3, 40)


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
        MetadataLimits.of(INFO).check(headers)


@pytest.mark.parametrize("info", [{}, {"swift": None}, {"swift": {}}])
def test_a_server_that_tells_nothing_is_not_second_guessed(info: dict[str, Any]) -> None:
    limits = MetadataLimits.of(info)
    limits.check({f"x-object-meta-{number}{'n' * 300}": "v" * 5000 for number in range(100)})
    assert limits == MetadataLimits()


def test_a_ceph_gateway_takes_shorter_names_than_it_says() -> None:
    limits = MetadataLimits.of({"swift": {"version": "16.2.15", "max_object_name_size": 1024}})
    limits.check({f"x-object-meta-{'n' * RADOS_GATEWAY_NAME}": "v" * 5000})
    with pytest.raises(MigrationError, match="has 81 bytes, the destination takes 80"):
        limits.check({f"x-object-meta-{'n' * (RADOS_GATEWAY_NAME + 1)}": "v"})
