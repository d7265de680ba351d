# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What an HTTP request and its answer are, whatever sends them."""

from __future__ import annotations

import email.utils
from collections.abc import Mapping
from typing import NamedTuple

from .._errors import AttemptError, MigrationError
from . import header

MAX_BODY = 16 * 1024 * 1024
"""Bytes of a response that are held in memory; a listing page and a manifest are smaller."""

LAST_MOMENT = 2**33
"""Seconds since the epoch, in the year 2242: no server's clock is that far ahead."""


class TransportError(AttemptError):
    """No answer: the connection failed, broke off or fell silent.

    :param retryable: whether another attempt may succeed.
    :param unanswered: address of the server that did not even begin to answer.
    :ivar received: bytes of an object that had come before, where that is known.
    """

    received = 0

    def __init__(self, message: str, *, retryable: bool = True, unanswered: str = "") -> None:
        super().__init__(message)
        self.retryable = retryable
        self.unanswered = unanswered


class BodyTooLargeError(MigrationError):
    """The answer's body does not fit in the memory set aside for it."""


class Request(NamedTuple):
    """One request.  Header values are Latin-1 text, which carries any byte unchanged."""

    method: str
    url: str
    headers: Mapping[str, str] = {}
    body: bytes = b""


class Response:
    """One answer.

    :param head: its lines as they came.  They are parsed when they are looked at: those of a PUT's
        answer rarely are.
    :param sent: when its request was sent, by ``time.monotonic()``.
    """

    def __init__(self, status: int, head: bytes, body: bytes = b"", sent: float = 0.0) -> None:
        self.status, self.body, self.sent = status, body, sent
        self._head = head
        self._headers: Mapping[str, str] | None = None

    @property
    def headers(self) -> Mapping[str, str]:
        """Its headers: names, their ASCII letters in lower case, and values as Latin-1 text.

        :raises HeaderError: one of them is not one line to every parser.
        """
        # functools.cached_property has one lock for the answers of all threads before Python 3.12.
        if self._headers is None:
            self._headers = header.read(self._head)
        return self._headers

    def number(self, name: str) -> int:
        """A header that is a whole number, 0 if it is missing.

        :raises HeaderError: it is something else.
        """
        return header.number(self.headers, name)

    @property
    def etag(self) -> str:
        """The ETag without its quotes, which Swift gives to large objects only."""
        return self.headers.get("etag", "").strip('"')


def origin_of(url: str) -> str:
    """The address of the server that a URL names, without the path."""
    scheme, _colon, rest = url.partition("://")
    return f"{scheme}://{rest.partition('/')[0]}"


def moment(date: str) -> float | None:
    """The seconds since the epoch that an HTTP date names; None if it is none."""
    try:
        seconds = email.utils.parsedate_to_datetime(date).timestamp()
    except (ValueError, OverflowError):
        return None
    return seconds if 0 <= seconds <= LAST_MOMENT else None
