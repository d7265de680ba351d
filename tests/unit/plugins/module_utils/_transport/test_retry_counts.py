# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What is tried again is counted, each time under the reason of it."""

from __future__ import annotations

import dataclasses

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import AttemptError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.postponement import (
    Postponement,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.retry import (
    Retry,
    UnauthorizedError,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.retry_counts import (
    REASONS,
    RetryCounts,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.verified_upload import (
    DamagedBytesError,
)

from tests.unit.plugins.module_utils.fakes.attempts import (
    SWIFT,
    Login,
    PassingError,
    ThrottledError,
    UnansweredError,
    failing,
    retry,
)


def counted(shared: Retry) -> dict[str, int]:
    """The reasons that occurred."""
    return {reason: count for reason, count in shared.counts.by_reason.items() if count}


@pytest.mark.parametrize(
    ("errors", "expected"),
    [
        ([PassingError()], {"other": 1}),
        ([ThrottledError(), ThrottledError()], {"throttled": 2}),
        ([UnansweredError(), DamagedBytesError("wrong")], {"unanswered": 1, "damaged": 1}),
        ([UnauthorizedError("401", Login(), "old"), PassingError()], {"refused": 1, "other": 1}),
        ([], {}),
    ],
)
def test_each_further_try_counts_under_its_reason(
    errors: list[Exception], expected: dict[str, int]
) -> None:
    shared = retry([])
    shared.servers.at(SWIFT).answers += 1
    shared.call(failing(*errors))
    assert counted(shared) == expected
    assert shared.counts.total == len(errors)


def test_a_failure_that_is_not_tried_again_does_not_count() -> None:
    shared = retry([], attempts=2)
    with pytest.raises(PassingError):
        shared.call(failing(PassingError(), PassingError()))
    with pytest.raises(AttemptError):
        shared.call(failing(AttemptError("for good")))
    assert counted(shared) == {"other": 1}


def test_those_who_postpone_count_together_with_the_others() -> None:
    shared = retry([])
    other = dataclasses.replace(shared, postponement=Postponement())
    other.call(failing(PassingError()))
    assert shared.counts.total == 1


def test_every_reason_is_told_from_the_beginning() -> None:
    assert RetryCounts().by_reason == dict.fromkeys(REASONS, 0)
