# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The variables that compose files take from the environment of who reads them.  Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence

# `$$` stands for a dollar sign.
_VARIABLE = re.compile(r"\$(?:\$|\{(?P<braced>[A-Za-z_]\w*)|(?P<plain>[A-Za-z_]\w*))")
_REQUIRED = re.compile(r"required variable (\w+) is missing")
_UNSET = re.compile(r'The \\?"(\w+)\\?" variable is not set')
_COMMENT = re.compile(r"^\s*#.*$", re.MULTILINE)


def mentioned(text: str) -> set[str]:
    """The names of all variables that a compose file mentions as ``$NAME`` or ``${NAME…}``.

    Defaults may mention others: ``${A:-$B}``.
    """
    found = _VARIABLE.finditer(_COMMENT.sub("", text))
    return {name for match in found for name in (match["braced"] or match["plain"],) if name}


def missing(output: str) -> list[str]:
    """The variables that Docker's programs complain of in what they have written."""
    return sorted({*_REQUIRED.findall(output), *_UNSET.findall(output)})


def unset(texts: Iterable[str], known: Collection[str]) -> list[str]:
    """The variables that files mention and that are not among `known`."""
    return sorted({name for text in texts for name in mentioned(text)} - set(known))


def known_to(argv: Sequence[str], environment: Collection[str]) -> set[str]:
    """The variables that a command has, which may begin with ``env`` and its options."""
    words = list(argv)
    known = set() if words[:2] == ["env", "-i"] else set(environment)
    known -= {words[i + 1] for i, word in enumerate(words[:-1]) if word == "-u"}
    return known | {word.partition("=")[0] for word in words if "=" in word}


def remedy(names: Collection[str], places: str) -> str:
    """What to do about variables that are not set.

    :param places: where they can be put.
    """
    listed = ", ".join(sorted(names))
    return f"These variables are not set where Ansible starts the services: {listed}. {places}"
