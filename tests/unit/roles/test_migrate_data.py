# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What the role tells of the servers' counts."""

from __future__ import annotations

from typing import Any

from tests.unit.roles.template import evaluate


def compared(counted: dict[str, Any] | None) -> str:
    variables = {"migrate_data_result": {"counted": counted}}
    return str(evaluate("migrate_data", "migrate_data_compared", variables))


def test_the_counts_of_both_servers_are_told() -> None:
    source, destination = {"objects": 56445, "bytes": 2048}, {"objects": 3, "bytes": 1}
    assert compared({"source": source, "destination": destination}) == (
        "the servers count 56,445 objects, 2.0 KiB, in the source and 3 objects, 1 Byte, "
        "in the destination"
    )


def test_of_servers_that_were_not_asked_nothing_is_told() -> None:
    assert compared(None) == ""
