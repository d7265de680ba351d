# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Env files as Docker Compose and systemd read them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tests.servers.state import State


def read(path: Path) -> dict[str, str]:
    """Return the variables; later lines win, quotes around a value are not part of it."""
    found = {}
    for line in path.read_text().splitlines():
        name, equals, value = line.strip().removeprefix("export ").partition("=")
        if equals and not name.startswith("#"):
            if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"":
                value = value[1:-1]
            found[name.strip()] = value
    return found


def write(path: Path, variables: Mapping[str, str]) -> None:
    """Write a file that its owner alone may read."""
    lines = [f"{name}={value}\n" for name, value in variables.items()]
    State(path.parent).write_private(path, "".join(lines))
