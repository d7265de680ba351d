# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Names of objects in a file: what a user lists by hand, or a list that a module has written."""

from __future__ import annotations

import json
from pathlib import Path

from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError


def read_names(path: str, option: str) -> frozenset[str]:
    """Read the names of a file.

    A file whose first line is a JSON object has one such object a line, whose ``name`` counts: the
    modules' own lists are such files.  Any other file has one name a line, as it is.

    :param path: the file, in UTF-8.
    :param option: the option that names it.
    :raises MigrationError: it cannot be read, or a line of JSON has no name.
    """
    try:
        lines = Path(path).expanduser().read_text("utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not UTF-8"
        raise MigrationError(f"cannot read {path}: {why}", option=option) from None
    if _name(lines[0]) is None:
        return frozenset(line.removesuffix("\r") for line in lines if line.strip())
    names = [_name(line) for line in lines if line.strip()]
    if None in names:
        raise MigrationError(
            f"line {names.index(None) + 1} of {path} is not a JSON object with a name",
            option=option,
            remedy="Give a list that swift_compare or swift_sync wrote, or one name a line",
        )
    return frozenset(name for name in names if name is not None)


def _name(line: str) -> str | None:
    """Return the name in a line of JSON; None for any other line."""
    try:
        name = json.loads(line)["name"]
    except (ValueError, TypeError, KeyError):
        return None
    return name if isinstance(name, str) else None
