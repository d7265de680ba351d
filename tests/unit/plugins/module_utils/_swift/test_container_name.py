# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Which names a container may have."""

from __future__ import annotations

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.container_name import (
    check_name,
)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("", "cannot be empty"),
        ("a/b", "has a slash"),
        ("ü" * 129, "has 258 bytes"),
        ("a\nb", "cannot be a container's name"),
        ("..", "cannot be a container's name"),
    ],
)
def test_what_is_no_name_is_refused(name: str, reason: str) -> None:
    with pytest.raises(MigrationError, match=f"^name: .*{reason}"):
        check_name(name)


@pytest.mark.parametrize("name", ["u", "ü" * 128, "a b?#%", "users_segments", "..."])
def test_a_good_name_is_spared(name: str) -> None:
    check_name(name)
