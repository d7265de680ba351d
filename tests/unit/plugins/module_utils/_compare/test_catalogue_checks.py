# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The verdicts about names that an application knows."""

from __future__ import annotations

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._check import Check
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._compare.catalogue import (
    Catalogue,
    Place,
    Stage,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._compare.catalogue_checks import (
    checks,
)

THERE = Place("there", known=True, old=True, new=True)
OLD_ONLY = Place("a\x1b", known=True, old=True, new=False)
NEW_ONLY = Place("new", known=True, old=False, new=True)
NEITHER = Place("none", known=True, old=False, new=False)
OTHER = Place("job", known=False, old=True, new=True)


def told(
    *places: Place, stage: Stage = Stage.COPIED, unlisted: bool = False, allow_changed: bool = False
) -> list[Check]:
    found = Catalogue(stage, lambda name: "//" in name, lambda _name: (unlisted, False))
    found.take(places)
    return checks(found, ("users", "cube"), allow_changed=allow_changed)


def test_when_all_files_are_there_that_is_told_with_what_else_is() -> None:
    [check] = told(THERE, OTHER)
    assert check.verdict == "ok"
    assert check.seen == (
        "all 1 files of the catalogue are in place, besides 1 objects that it does not know"
    )


def test_what_may_be_being_deleted_is_a_warning() -> None:
    found = Catalogue(Stage.COPYING, was_told=lambda _name: False)
    found.take([THERE, NEW_ONLY])
    [check] = checks(found, ("users", "cube"), allow_changed=False)
    assert check.verdict == "warning"
    assert check.seen == (
        "1 of 2 files of the catalogue were in place a moment ago, and are not any more"
    )


def test_what_is_not_copied_yet_is_fine_while_it_is_copied() -> None:
    [check] = told(THERE, OLD_ONLY, stage=Stage.COPYING)
    assert check.verdict == "ok"
    assert check.seen == "all 2 files of the catalogue are in the old container"


@pytest.mark.parametrize(
    ("stage", "remedy"), [(Stage.COPIED, "Copy again"), (Stage.IN_USE, "by hand")]
)
def test_what_the_migration_lost_is_a_failure_with_its_name(stage: Stage, remedy: str) -> None:
    [check] = told(THERE, OLD_ONLY, stage=stage)
    assert check.verdict == "failure"
    assert check.seen == (
        '1 of 2 files of the catalogue are in users and not in cube. The first: "a\\u001b"'
    )
    assert remedy in check.remedy


def test_what_was_lost_before_is_a_warning_with_its_name() -> None:
    [check] = told(THERE, NEITHER)
    assert check.verdict == "warning"
    assert "neither in users nor in cube: they were lost before the migration" in check.seen
    assert '"none"' in check.seen


def test_after_the_cutover_nobody_knows_when_it_was_lost() -> None:
    [check] = told(THERE, NEITHER, stage=Stage.IN_USE)
    assert check.verdict == "warning"
    assert "before the migration" not in check.seen


def test_names_of_another_container_are_one_failure() -> None:
    [check] = told(
        THERE, NEITHER, NEITHER._replace(name="z"), OLD_ONLY, NEITHER._replace(name="zz")
    )
    assert check.verdict == "failure"
    assert "3 of 5 files" in check.seen
    assert "other containers" in check.seen


def test_what_only_the_new_container_has_is_a_failure_before_the_cutover() -> None:
    [check] = told(THERE, NEW_ONLY)
    assert check.verdict == "failure"
    assert "are in cube and not in users any more" in check.seen
    [check] = told(THERE, NEW_ONLY, stage=Stage.IN_USE)
    assert check.verdict == "ok"


def test_what_the_old_container_does_not_list_is_a_failure() -> None:
    [check] = told(THERE, NEITHER, stage=Stage.COPYING, unlisted=True)
    assert check.verdict == "failure"
    assert "users gives 1 of 2 files of the catalogue and does not list them" in check.seen


def test_all_kinds_are_told_the_worst_first() -> None:
    found = told(THERE, THERE._replace(name="z"), OLD_ONLY, NEW_ONLY, NEITHER)
    assert [check.verdict for check in found] == ["failure", "failure", "warning"]


def test_a_catalogue_without_files_proves_nothing() -> None:
    [check] = told(OTHER)
    assert check.verdict == "warning"
    assert "knows no file, though there are 1 objects" in check.seen
    [check] = told()
    assert check.verdict == "ok"


@pytest.mark.parametrize(("allow_changed", "verdict"), [(False, "failure"), (True, "warning")])
def test_names_that_cube_would_not_find_over_s3_are_a_failure_unless_allowed(
    allow_changed: bool, verdict: str
) -> None:
    files, over_s3 = told(
        THERE, THERE._replace(name="x//y"), OTHER._replace(name="z//"), allow_changed=allow_changed
    )
    assert files.verdict == "ok"
    assert over_s3.verdict == verdict
    assert "1 of 2 files by another name" in over_s3.seen
    assert '"x//y"' in over_s3.seen
