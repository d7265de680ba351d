# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Which kinds of objects are told."""

from __future__ import annotations

from ansible_collections.fnndsc.swift_migration.plugins.module_utils._preflight.kinds import (
    check_kinds,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._preflight.survey import Survey

from tests.unit.plugins.module_utils._preflight.test_survey import entry, survey

LARGE, EMPTY = entry("l", 9, slo_etag="1" * 32), entry("e", 0)
LINK = entry("s", 0, symlink="/v1/a/c/o")


def told(found: Survey, *, keeps: bool = True) -> list[tuple[str, str]]:
    return [(each.verdict, each.seen) for each in check_kinds(found, keeps_symlinks=keeps)]


def test_large_objects_are_told() -> None:
    assert told(survey(entry("a")))[0] == ("ok", "the listing shows none")
    assert told(survey(EMPTY))[0] == ("ok", "1 empty ones may be dynamic")
    large = "1 static ones, copied with their segments"
    assert told(survey(LARGE))[0] == ("ok", large)
    assert told(survey(LARGE, EMPTY))[0] == ("ok", f"{large}; 1 empty ones may be dynamic")


def test_symlinks_that_become_objects_are_warned_of() -> None:
    assert told(survey(entry("a")), keeps=False)[1][0] == "ok"
    assert told(survey(LINK))[1][0] == "ok"
    assert told(survey(LINK), keeps=False)[1] == ("warning", "1, and the destination knows none")
