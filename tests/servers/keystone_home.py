# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The directory of one Keystone: its configuration and its keys."""

from __future__ import annotations

import base64
import os
from pathlib import Path

from tests.servers.state import State


def fernet_key() -> str:
    """Make a key as https://github.com/fernet/spec wants it."""
    return base64.urlsafe_b64encode(os.urandom(32)).decode()


def write(home: Path, *, log: Path, url: str, token_seconds: int) -> None:
    """Write the configuration; keys that exist stay."""
    state = State(home)
    state.render(
        "keystone.conf",
        home / "keystone.conf",
        log=log,
        home=home,
        keystone_url=url,
        token_seconds=token_seconds,
    )
    state.write_private(home / "policy.yaml", "")
    for repository in ("fernet-keys", "credential-keys"):
        for number in ("0", "1"):  # the staged and the primary key
            if not (home / repository / number).exists():
                state.write_private(home / repository / number, fernet_key() + "\n")
