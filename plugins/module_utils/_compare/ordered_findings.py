# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Findings in the order of names, whichever of them is there first."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from typing import TypeVar

from .finding import Finding

T = TypeVar("T")

MAX_PENDING_FINDINGS = 1024
"""Names whose findings may wait for one before them."""


def in_order(
    findings: Iterable[tuple[T, Finding | Future[Finding]]],
) -> Iterator[tuple[T, Finding]]:
    """Yield findings in the order they are asked for, while later ones are worked on."""
    waiting: deque[tuple[T, Finding | Future[Finding]]] = deque()
    for asked in findings:
        waiting.append(asked)
        while waiting and (len(waiting) > MAX_PENDING_FINDINGS or _is_known(waiting[0][1])):
            item, finding = waiting.popleft()
            yield item, _result(finding)
    for item, finding in waiting:
        yield item, _result(finding)


def _is_known(finding: Finding | Future[Finding]) -> bool:
    return not isinstance(finding, Future) or finding.done()


def _result(finding: Finding | Future[Finding]) -> Finding:
    return finding.result() if isinstance(finding, Future) else finding
