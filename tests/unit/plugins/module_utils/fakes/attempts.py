# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Operations that fail as told, and a retry that keeps its waits instead of sleeping."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import AttemptError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.retry import Retry

SWIFT = "http://swift:8080"


class PassingError(AttemptError):
    """A failure that passes."""

    retryable = True

    def __init__(self, retry_after: float | None = None) -> None:
        super().__init__("try again")
        self.retry_after = retry_after


def failing(*errors: Exception) -> Callable[[], str]:
    """An operation that raises one after the other, and is done then."""
    left = list(errors)

    def operation() -> str:
        if left:
            raise left.pop(0)
        return "done"

    return operation


def retry(waits: list[float], **settings: Any) -> Retry:
    """A retry whose waits are the ceilings."""
    return Retry(sleep=waits.append, uniform=lambda _low, high: high, **settings)


class ThrottledError(PassingError):
    """A server asks for fewer requests."""

    throttled = True


class UnansweredError(PassingError):
    """A server did not answer."""

    unanswered = SWIFT


class Login:
    """A login whose token can be renewed."""

    def __init__(self) -> None:
        self.rejected: list[str] = []

    def renew(self, rejected: str) -> str:
        self.rejected.append(rejected)
        return "new"


def answer(shared: Retry, address: str = SWIFT) -> None:
    """Note that a server has answered."""
    shared.servers.at(address).answers += 1
