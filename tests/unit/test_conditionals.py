# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Conditionals mean the same to each ansible-core that is supported.

Up to 2.18 it puts them into ``{% if ... %}``, where an ``if`` of its own needs parentheses.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jinja2
import pytest
import yaml

ROOT = Path(__file__).parents[2]
FILES = [
    path
    for folder in ("playbooks", "roles")
    for path in sorted((ROOT / folder).rglob("*.yml"))
    if path.parent.name in ("playbooks", "tasks", "handlers")
]
WORDS = {"when", "that", "failed_when", "changed_when", "until"}


def conditionals(part: Any) -> Iterator[str]:
    """Yield all that stands in a file behind one of the words."""
    if isinstance(part, list):
        for each in part:
            yield from conditionals(each)
    elif isinstance(part, dict):
        for name, value in part.items():
            if name in WORDS:
                yield from (str(each) for each in (value if isinstance(value, list) else [value]))
            else:
                yield from conditionals(value)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_each_can_stand_in_an_if(path: Path) -> None:
    for each in conditionals(yaml.safe_load(path.read_text())):
        jinja2.Environment(autoescape=True).parse(f"{{% if {each} %}}{{% endif %}}")


def test_an_if_of_its_own_is_found() -> None:
    [found] = conditionals([{"block": [{"when": "a if b else c"}]}])
    with pytest.raises(jinja2.TemplateSyntaxError):
        jinja2.Environment(autoescape=True).parse(f"{{% if {found} %}}{{% endif %}}")
