# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Text of servers and of users of the application, as it may go to a terminal.

Names of objects may hold what moves a cursor, erases lines, sets colours and turns the direction of
writing around: such a name could show "ok" where a failure stands.
"""

from __future__ import annotations

import json
from typing import Any


def printable(text: str) -> str:
    r"""The text in one line, with an escape such as ``\x1b`` for all that is not printable."""
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape", "surrogatepass").decode()
        for char in text
    )


def safe_in_json(value: Any) -> Any:
    """A result in whose texts no character can steer a terminal that shows it as JSON or YAML.

    These escape the characters below U+0020 themselves, and no others.
    """
    if isinstance(value, str):
        if value.isprintable():
            return value
        return "".join(char if char < "\x7f" else printable(char) for char in value)
    if isinstance(value, dict):
        return {safe_in_json(key): safe_in_json(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [safe_in_json(each) for each in value]
    return value


def printable_json(value: Any) -> str:
    """JSON in one line, in which all that is not printable is escaped; it reads the same."""
    text = json.dumps(value, ensure_ascii=False)
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else json.dumps(char)[1:-1] for char in text)
