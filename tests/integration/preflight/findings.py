# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What swift_preflight has found."""

from __future__ import annotations

from typing import Any


def told(result: dict[str, Any], name: str) -> tuple[str, str, str]:
    """The only check of a name: verdict, what was seen, remedy."""
    [found] = [check for check in result["checks"] if check["name"] == name]
    return found["verdict"], found["seen"], found["remedy"]


def bad(result: dict[str, Any]) -> list[str]:
    """The names of all checks that are not ok."""
    return [check["name"] for check in result["checks"] if check["verdict"] != "ok"]


def failures(result: dict[str, Any]) -> list[str]:
    return [check["name"] for check in result["checks"] if check["verdict"] == "failure"]
