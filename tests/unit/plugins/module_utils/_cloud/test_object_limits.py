# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A name beyond what the server takes is refused."""

from __future__ import annotations

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cloud.object_limits import (
    ObjectLimits,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError


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
