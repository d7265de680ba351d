# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Of the look before, each name that was told is found again, and no other."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._compare.catalogue import (
    Catalogue,
    Place,
    Stage,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._compare.look_before import (
    LookBefore,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.json_lines import (
    JsonLinesFile,
)
from hypothesis import given
from hypothesis import strategies as st

NAMES = st.sets(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), max_size=8)


def told(path: Path, names: set[str], changed: set[str] = frozenset()) -> None:  # type: ignore[assignment]
    """Write the list of a look that lacks names, and in which others have another form."""
    lines = JsonLinesFile(str(path))
    lines.open()
    Catalogue(Stage.COPIED, write=lines.write, is_changed=lambda name: name in changed).take(
        Place(name, known=True, old=True, new=name not in names) for name in sorted(names | changed)
    )
    lines.close()


@given(NAMES, NAMES)
def test_what_was_told_is_told_of_names_in_order(
    tmp_path_factory: pytest.TempPathFactory, before: set[str], now: set[str]
) -> None:
    path = tmp_path_factory.mktemp("look") / "lost.jsonl"
    told(path, before)
    with LookBefore(str(path)) as look:
        assert {name for name in sorted(now) if look.told(name)} == before & now
        look.start()
        assert {name for name in sorted(now) if look.told(name)} == before & now


def test_a_name_in_another_form_was_not_absent(tmp_path: Path) -> None:
    path = tmp_path / "lost.jsonl"
    told(path, {"b"}, {"a", "b"})
    with LookBefore(str(path)) as look:
        assert [look.told(name) for name in "ab"] == [False, True]


def test_its_list_can_be_read_while_the_next_one_takes_its_place(tmp_path: Path) -> None:
    path = tmp_path / "lost.jsonl"
    told(path, {"a"})
    with LookBefore(str(path)) as look:
        path.write_text(json.dumps({"name": "b", "fate": "lost"}))
        assert [look.told(name) for name in "ab"] == [True, False]


def test_a_list_that_is_not_there_is_an_error_with_its_option(tmp_path: Path) -> None:
    with pytest.raises(MigrationError, match=r"again: cannot read .*lost\.jsonl: No such file"):
        LookBefore(str(tmp_path / "lost.jsonl"))
