# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The slowest objects of many."""

from __future__ import annotations

from ansible_collections.fnndsc.swift_migration.plugins.module_utils._history.slowest import (
    MOST,
    Slowest,
)


def test_it_keeps_the_slowest_of_many_and_tells_them_in_order() -> None:
    slowest = Slowest()
    for number in range(100):
        slowest.add(f"o{number}", number, (number * 37 % 100) / 10)
    told = slowest.result()
    assert [one["seconds"] for one in told] == [round(9.9 - index / 10, 1) for index in range(MOST)]
    assert all(one["name"] == f"o{one['bytes']}" for one in told)


def test_of_few_it_keeps_all() -> None:
    slowest = Slowest()
    slowest.add("a", 7, 0.12345)
    assert slowest.result() == [{"name": "a", "bytes": 7, "seconds": 0.123}]
