# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Whether the data fits into quotas, and which number to ask for."""

from __future__ import annotations

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._check import Check
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._preflight.room import (
    GIB,
    Room,
    gib,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._preflight.survey import Amount
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.account import Account
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.container_settings import (
    ContainerState,
)


def account(quota: int | None, used: int = 0, there: int = 0) -> Check:
    room = Room(
        Amount(1000, 10 * GIB),
        Amount(50, 5 * GIB),
        Amount(1, there),
        Account(bytes=used, quota_bytes=quota),
    )
    [check] = room.check_account()
    return check


def container(**quotas: int | None) -> list[tuple[str, str]]:
    room = Room(Amount(1000, 10 * GIB), Amount(50, 5 * GIB), Amount(), Account())
    checks = room.check_container("new", ContainerState(exists=True, **quotas))
    return [(check.verdict, check.remedy) for check in checks]


def test_segments_count_for_the_account() -> None:
    assert account(15 * GIB).verdict == "ok"
    small = account(15 * GIB - 1)
    assert small.verdict == "failure"
    assert small.seen == "it is 15.00 GiB, but 15.00 GiB are needed"
    assert small.remedy == "Ask for a quota of at least 15 GiB and 1,050 objects"


def test_what_others_hold_counts_and_what_is_there_already_does_not() -> None:
    small = account(16 * GIB, used=3 * GIB, there=1 * GIB)
    assert small.seen == (
        "it is 16.00 GiB, but 17.00 GiB are needed, 2.00 GiB of other containers among it"
    )
    assert small.remedy.startswith("Ask for a quota of at least 17 GiB and ")
    assert account(16 * GIB, used=3 * GIB, there=2 * GIB).verdict == "ok"


@pytest.mark.parametrize("quota", [None, 0])
def test_without_a_quota_the_need_is_told(quota: int | None) -> None:
    check = account(quota)
    assert check.verdict == "ok"
    assert check.seen == "none is shown; the data needs 15 GiB and 1,050 objects"


def test_segments_do_not_count_for_the_container() -> None:
    assert container(quota_bytes=10 * GIB, quota_count=1000) == [("ok", "")]
    assert container() == [("ok", "")]
    assert container(quota_bytes=10 * GIB - 1, quota_count=999) == [
        ("failure", f"Set its quota_bytes to at least {10 * GIB}, or to 0 for no limit"),
        ("failure", "Set its quota_count to at least 1000, or to 0 for no limit"),
    ]


def test_forms_want_whole_gib() -> None:
    assert [gib(0), gib(1), gib(GIB), gib(GIB + 1)] == [0, 1, 1, 2]
