# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""One value written so that every reader takes it for the same."""

from __future__ import annotations

import re

from ansible_collections.fnndsc.swift_migration.plugins.module_utils._env_entry import quote
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from hypothesis import given, settings

from tests.unit.plugins.module_utils.fakes.env_file_readers import VALUES


@settings(deadline=None)
@given(VALUES)
def test_only_what_no_quoting_can_say_is_refused(value: str) -> None:
    control = re.search(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufdd0-\ufdef]", value)
    noncharacter = any(ord(character) & 0xFFFE == 0xFFFE for character in value)
    backslashes = len(value) - len(value.rstrip("\\"))
    unquotable = "`" in value and ("'" in value or backslashes % 2)
    try:
        quote("KEY", value)
        refused = False
    except MigrationError:
        refused = True
    assert refused == bool(control or noncharacter or unquotable)
