# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The limits that /info tells, in Swift's words and in Ceph's."""

from __future__ import annotations

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.object_limits import (
    ObjectLimits,
)


def test_are_read_from_swift() -> None:
    about = {
        "max_file_size": 5,
        "max_object_name_length": 6,
        "max_container_name_length": 7,
    }
    static = {"max_manifest_segments": 8, "max_manifest_size": 9}
    found = ObjectLimits.of({"swift": about, "slo": static})
    assert found == ObjectLimits(5, 6, 7, 8, 9, rados_gateway=False)


def test_are_read_from_ceph() -> None:
    about = {"max_file_size": 5, "max_object_name_size": 6, "max_container_name_length": 7}
    found = ObjectLimits.of({"swift": about, "slo": {"max_manifest_segments": 8}})
    assert found == ObjectLimits(5, 6, 7, 8, rados_gateway=True)


def test_are_swifts_own_where_nothing_is_told() -> None:
    assert ObjectLimits.of({}) == ObjectLimits()
    assert ObjectLimits().size == 5_368_709_122


def test_a_server_that_does_not_tell_of_static_large_objects_has_none() -> None:
    assert ObjectLimits.of({"swift": {}}).segments == 0


@pytest.mark.parametrize(
    ("container", "name", "message"),
    [
        ("c", "é" * 4, "the name of segment 's' has 8 bytes, the destination takes 7"),
        ("é" * 4, "n", "container 'éééé' for segment 's' has 8 bytes, the destination takes 7"),
    ],
)
def test_a_name_is_measured_in_bytes(container: str, name: str, message: str) -> None:
    limits = ObjectLimits(name=7, container_name=7)
    limits.check_name("c" * 7, "é" * 3 + "x", "segment 's'")
    with pytest.raises(MigrationError, match=message):
        limits.check_name(container, name, "segment 's'")
