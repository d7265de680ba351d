# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What an answer tells of a symlink."""

from __future__ import annotations

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.symlink import Symlink
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.http_messages import (
    Response,
)


@pytest.mark.parametrize(
    ("target", "symlink"),
    [
        ("c/a", Symlink("c", "a")),
        ("c/a%3Fversion-id=1", Symlink("c", "a?version-id=1")),
        # So a Swift shows an object of which it keeps old versions.
        ("c/a?version-id=1764412345.12345", None),
    ],
)
def test_a_symlink_is_one_that_somebody_has_made(target: str, symlink: Symlink | None) -> None:
    head = f"HTTP/1.1 200 OK\r\nX-Symlink-Target: {target}\r\n\r\n"
    assert Symlink.of(Response(200, head.encode()), "AUTH_x") == symlink
