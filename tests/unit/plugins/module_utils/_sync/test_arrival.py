# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""When the destination is said to hold less than was copied to it."""

from __future__ import annotations

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._copy.transfer import (
    Kind,
    Outcome,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.plan import Action
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.report import Report
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._sync.arrival import (
    PAUSE,
    TRIES,
    check_arrival,
)

from tests.unit.plugins.module_utils.fakes.object_server import Answer, Asked, ObjectServer


def arrive(
    server: ObjectServer, due: int, *counted: int, gone: int = 0
) -> tuple[dict[str, int], list[float]]:
    """What is counted of a container of which a server counts so many, each time it is asked.

    :param gone: how many have expired since they were seen.
    """
    numbers = list(counted)

    def count(_asked: Asked) -> Answer:
        number = numbers.pop(0) if len(numbers) > 1 else numbers[0]
        headers = {"X-Container-Object-Count": f"{number}", "X-Container-Bytes-Used": "7"}
        return Answer(204, headers)

    server.script = count
    pauses: list[float] = []
    container = server.container(label="destination")
    found = check_arrival(container, due, lambda most: min(most, gone), pauses.append)
    return found, pauses


@pytest.mark.parametrize("counted", [10, 12])
def test_as_many_as_are_due_or_more_are_all(destination: ObjectServer, counted: int) -> None:
    assert arrive(destination, 10, counted) == ({"objects": counted, "bytes": 7}, [])


@pytest.mark.parametrize("counted", [9, 0])
def test_missing_objects_are_told(destination: ObjectServer, counted: int) -> None:
    with pytest.raises(MigrationError, match=f"holds {counted} objects, {10 - counted} fewer"):
        arrive(destination, 10, counted)
    assert len(destination.asked) == TRIES


@pytest.mark.parametrize("gone", [2, 3])
def test_what_has_expired_is_not_missed(destination: ObjectServer, gone: int) -> None:
    assert arrive(destination, 10, 8, gone=gone) == ({"objects": 8, "bytes": 7}, [])


def test_what_is_missing_besides_is_told(destination: ObjectServer) -> None:
    with pytest.raises(MigrationError, match="holds 8 objects, 1 fewer than were found there"):
        arrive(destination, 10, 8, gone=1)


def test_a_server_that_is_late_with_counting_is_asked_again(destination: ObjectServer) -> None:
    found, pauses = arrive(destination, 10, 8, 9, 10)
    assert found["objects"] == 10
    assert pauses == [PAUSE, PAUSE]


def test_what_is_known_to_be_there_was_put_or_found_there() -> None:
    report = Report()
    for action, kind in (
        (Action.COPY, Kind.COPIED),
        (Action.REPLACE, Kind.COPIED),
        (Action.REFRESH, Kind.COPIED),
        (Action.REFRESH, Kind.KEPT),
        (Action.COPY, Kind.VANISHED),
        (Action.COPY, Kind.EXPIRED),
        (Action.COPY, Kind.UNREADABLE),
        (Action.COPY, Kind.FAILED),
        (Action.DELETE, Kind.DELETED),
    ):
        report.add(action, Outcome(kind, "x"))
    report.objects["extra"] = 2
    assert report.there == 6
    report.add(Action.DELETE, Outcome(Kind.UNLISTED, "x"))
    assert report.there == 7
    report.add_deleted_segment()
    assert report.there == 6
