# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""An object that is read to its end, of which only length and MD5 are kept."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable
from typing import NamedTuple

from .._errors import MigrationError
from .._transport.http_messages import Response, TransportError
from .._transport.resumption import BreaksOffError
from .._transport.retry import DAMAGED_ATTEMPTS
from .._transport.status_errors import MAX_MESSAGE, StatusError
from .object_headers import is_large
from .swift_client import SwiftClient

BROKEN_STATUSES = (409, 500)
"""What Swift answers to a GET of a large object that lacks a segment (measured)."""

LAST_ANSWER = {"Connection": "close"}
"""Asks a server to close the connection after its answer.  Swift 2.17 ends its answer early for a
large object that lacks a later segment, and keeps the connection open (measured): else nothing but
a minute and a half of silence would show that no more comes."""


class Digest(NamedTuple):
    """What came when an object was read to its end.

    :param size: bytes.  :param md5: in hex.
    """

    response: Response
    size: int
    md5: str


class ObjectReading:
    """Reads one object to its end, again as often as that makes sense.  404 is an answer, too.

    A bad connection breaks somewhere else each time.  What breaks off at the same byte twice
    running, the server does not have, as of a large object that has lost a segment.  Swift answers
    409 or 500 to some of these: a few tries tell as much as ten.  What turns out to be a large
    object is asked for anew, with LAST_ANSWER.

    :param client: sends the requests.  :param path: of the object, as the client takes it.
    :param check_place: sees that what an answer shows may be read; it may raise.
    :param watch: gives for each try what is told the bytes as they pass.
    """

    def __init__(
        self,
        client: SwiftClient,
        path: str,
        check_place: Callable[[Response], None],
        watch: Callable[[], Callable[[bytes], object]],
    ) -> None:
        self._client, self._path = client, path
        self._check_place, self._watch = check_place, watch
        self._is_large = False
        self._broken_at = 0

    def digest(self) -> Digest:
        """Read it.

        :raises StatusError: any other status than 2xx and 404.
        :raises BreaksOffError: it breaks off at the same byte twice running.
        :raises TransportError: no complete answer.
        """
        return self._client.retry.call(self._read)

    def _read(self) -> Digest:
        was_large, bytes_read = self._is_large, _BytesRead(self._watch())
        headers = LAST_ANSWER if was_large else None
        request = self._client.prepare("GET", self._path, headers=headers)
        on_body = functools.partial(self._on_body, bytes_read)
        try:
            response = self._client.http.receive(request, on_body)
        except TransportError as error:
            if self._is_large and not was_large:
                return self._read()
            self._note_break(bytes_read.size, error)
            raise
        response.body = bytes_read.beginning
        self._check_place(response)
        try:
            self._client.check(request, response, accept=(404,))
        except StatusError as error:
            if error.status in BROKEN_STATUSES:
                error.attempts = DAMAGED_ATTEMPTS
            raise
        return Digest(response, bytes_read.size, bytes_read.md5)

    def _on_body(self, bytes_read: _BytesRead, data: bytes) -> int | None:
        if not bytes_read.size and not self._is_large and self._is_sent_large():
            self._is_large = True
            return -1
        bytes_read.add(data)
        return None

    def _is_sent_large(self) -> bool:
        """Whether the answer that is coming is the one for a large object."""
        try:
            return is_large(self._client.http.begun)
        except MigrationError:  # told when the answer is at its end
            return False

    def _note_break(self, size: int, error: TransportError) -> None:
        """Note after how many bytes a try broke off.

        :raises BreaksOffError: so did the one before it.
        """
        if size and size == self._broken_at:
            raise BreaksOffError(size, error) from error
        self._broken_at = size


class _BytesRead:
    """What has come of an object in one try.

    :param tell: told each piece.
    :ivar beginning: enough of it to show what a server says that refuses.
    """

    def __init__(self, tell: Callable[[bytes], object]) -> None:
        self._tell = tell
        self._md5 = hashlib.md5(usedforsecurity=False)
        self.size = 0
        self.beginning = b""

    def add(self, data: bytes) -> None:
        self._md5.update(data)
        self._tell(data)
        self.size += len(data)
        self.beginning = self.beginning or data[:MAX_MESSAGE]

    @property
    def md5(self) -> str:
        return self._md5.hexdigest()
