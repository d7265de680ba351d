# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What the status of an answer means."""

from __future__ import annotations

import time
from collections.abc import Mapping

from .._errors import AttemptError
from .http_messages import Request, Response, moment, origin_of
from .retry import DAMAGED_ATTEMPTS, GATEWAY_STATUSES, RETRIED_STATUSES, THROTTLING_STATUSES

MAX_MESSAGE = 300
"""Bytes of a refusal that are told."""


class StatusError(AttemptError):
    """An answer with a status that is no success.

    :param status: the HTTP status.
    :param retry_after: seconds the server asks to wait, if it says so.
    :param fatal: every other object would fail as well (quota, disk full).
    :param server: its address.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int,
        retry_after: float | None = None,
        fatal: bool = False,
        server: str = "",
        remedy: str | None = None,
    ) -> None:
        super().__init__(message, remedy=remedy)
        self.status = status
        self.retry_after = retry_after
        self.fatal = fatal
        self.retryable = (status in RETRIED_STATUSES or status < 300) and not fatal
        self.throttled = status in THROTTLING_STATUSES
        self.unanswered = server if status in GATEWAY_STATUSES else ""
        if status == 422:
            self.attempts = DAMAGED_ATTEMPTS


def is_success(request: Request, response: Response) -> bool:
    """Whether the status is a success.

    That of a PUT is 201.  A 200 comes from somebody else, as does a proxy's page that says it is
    down for maintenance.  With 202 Swift has stored nothing, because what it has is younger by its
    own clocks (2.38's object controller of the proxy); only for a container it means success.
    """
    success = (201,) if request.method == "PUT" else range(200, 300)
    return response.status in success


def status_error(request: Request, response: Response, label: str) -> StatusError:
    """What an answer that is no success means for the user; the URL's query never shows.

    :param label: ``source`` or ``destination``.
    """
    what = describe(request, response, label)
    text = response.body[:MAX_MESSAGE].decode("utf-8", "replace").strip()
    fatal, remedy = _classify(response.status, text, label)
    return StatusError(
        f"{what}: {text}" if text else what,
        status=response.status,
        retry_after=retry_after(response.headers),
        fatal=fatal,
        server=origin_of(request.url),
        remedy=remedy,
    )


def describe(request: Request, response: Response, label: str) -> str:
    """Who answered what to what."""
    where = f"{label or 'server'} answered {response.status} to {request.method}"
    return f"{where} {request.url.partition('?')[0]}"


def _classify(status: int, text: str, label: str) -> tuple[bool, str | None]:
    """Whether every other object would fail as well, and what to do about it."""
    if status == 413 and "quota" in text.lower():
        return True, f"Ask for a larger quota at the {label}; what is copied stays"
    if status == 507:
        return True, f"The {label}'s disk is full: make room there; what is copied stays"
    if status == 202:
        return False, f"The {label} has a younger version by its own clocks: delete it there"
    if status == 403:
        return False, f"The {label}'s login may not do this: check its role and the container's ACL"
    return False, None


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait; RFC 9110 (10.2.3) allows a moment instead, which is the server's time."""
    asked = headers.get("retry-after", "")
    if asked.isdecimal():
        return float(asked)
    now = moment(headers.get("date", "")) or time.time()
    return (moment(asked) or now) - now
