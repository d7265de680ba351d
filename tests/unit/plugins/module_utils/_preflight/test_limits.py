# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Whether the destination takes the source's names and sizes."""

from __future__ import annotations

from collections.abc import Iterable

from ansible_collections.fnndsc.swift_migration.plugins.module_utils._check import Check
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cloud.object_limits import (
    ObjectLimits,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._preflight.limits import (
    check_limits,
    check_s3_names,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._preflight.survey import Survey

from tests.unit.plugins.module_utils._preflight.test_survey import entry, survey

LIMITS = ObjectLimits(size=100, name=10, segments=3)


def verdicts(checks: Iterable[Check]) -> dict[str, str]:
    return {check.name: check.verdict for check in checks}


def limited(*sizes: int, name: str = "a") -> Survey:
    return survey(*(entry(name, size) for size in sizes), names=10, sizes=100)


def test_what_fits_is_all_right() -> None:
    checks = check_limits(limited(100, name="0123456789"), LIMITS)
    assert verdicts(checks) == {"longest name": "ok", "largest object": "ok"}


def test_a_name_that_is_too_long_is_told() -> None:
    [names, _sizes] = check_limits(limited(1, name="0123456789a"), LIMITS)
    assert names.verdict == "failure"
    assert names.seen == (
        "the name 0123456789a is longer than the 10 bytes that the destination takes; the longest "
        "has 11"
    )


def test_an_object_that_is_cut_in_pieces_is_all_right() -> None:
    [_names, sizes] = check_limits(limited(300), LIMITS)
    assert (sizes.verdict, sizes.seen) == ("ok", "300 bytes; 1 objects are cut in pieces")


def test_an_object_that_no_pieces_hold_is_told() -> None:
    for limits in (LIMITS, ObjectLimits(size=100, segments=0)):
        [_names, sizes] = check_limits(limited(301, 101), limits)
        assert sizes.verdict == "failure"
        assert sizes.seen.startswith("2, as a, are larger than the 100 bytes")


def test_names_that_django_storages_changes_are_told() -> None:
    [check] = check_s3_names(survey(entry("a//b"), entry("a/b")))
    assert check.verdict == "failure"
    assert check.seen.startswith("the name a//b is changed by CUBE's S3 client")
    assert verdicts(check_s3_names(survey(entry("a/b")))) == {"names over S3": "ok"}


def test_a_name_cannot_steer_a_terminal() -> None:
    [check] = check_s3_names(survey(entry("a//\x1b[2K")))
    assert "a//\\x1b[2K" in check.seen
