# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The body of one GET on its way into one PUT: held whole when small, else streamed."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Iterator
from typing import Any, Protocol

from .._dependencies import pycurl
from .bytes_in_flight import BytesInFlight
from .http_client import Http
from .http_messages import BodyTooLargeError, Request, Response
from .memory_budget import MemoryBudget
from .retry import Retry
from .stream import Stream
from .verified_upload import Upload, verify

SMALL = 1024 * 1024
"""Bytes up to which an object is held whole: two plain requests cost less than a stream."""

STREAMED = 1536 * 1024
"""Bytes that a stream takes: its blocks, and the buffers of two libcurl handles."""


class Body(Protocol):
    """The answer to a GET whose body is still to be read or put."""

    @property
    def head(self) -> Response:
        """The answer; its body may not have come yet."""

    def read(self) -> Response:
        """Read the body to its end, if it fits in memory, and return the answer with it.

        :raises TransportError: it does not fit, or the connection failed.
        """

    def put(self, upload: Upload) -> Response:
        """Put the body, and return the answer to the PUT.

        Its last block is sent only when the whole has the right length and MD5; a destination that
        is sent less than it was promised stores nothing.

        :raises DamagedBytesError: wrong length or MD5.
        :raises BrokenUploadError: the connection of the PUT broke in mid-body.
        :raises TransportError: a connection failed, and where a stream's GET broke, the rest of it
            could not be had.
        """


class WholeBody:
    """A small body that is in memory."""

    def __init__(self, request: Request, head: Response, destination: Http) -> None:
        self._request, self.head, self._destination = request, head, destination

    def read(self) -> Response:
        """Return the answer with its body."""
        return self.head

    def put(self, upload: Upload) -> Response:
        """Put it; see :meth:`Body.put`."""
        data = self.head.body
        md5 = hashlib.md5(data, usedforsecurity=False).hexdigest()
        verify(self._request, upload, len(data), md5)
        if upload.watch:
            upload.watch(data)
        method, url, headers, _nothing = upload.request
        return self._destination.send(Request(method, url, headers, data))


class Relay:
    """Brings bodies from one server to another.  For one thread.

    :param source: sends the requests to the one.  :param destination: sends those to the other.
    :param memory: what all relays together may take.
    :param in_flight: told of the bytes of large bodies as they come.
    :param interrupt: called once a second while bytes are streamed; it may raise.
    :param retry: how often the rest of a stream is asked for that breaks.
    """

    def __init__(
        self,
        source: Http,
        destination: Http,
        memory: MemoryBudget | None = None,
        in_flight: BytesInFlight | None = None,
        interrupt: Callable[[], None] = lambda: None,
        retry: Retry | None = None,
    ) -> None:
        self._source, self._destination = source, destination
        self._memory = memory or MemoryBudget()
        self._in_flight = in_flight or BytesInFlight()
        self._interrupt = interrupt
        self._retry = retry or Retry()
        self._multi: Any = None

    @contextlib.contextmanager
    def get(self, request: Request, size: int) -> Iterator[Body]:
        """Send a GET, and hold its body for the duration of the block.

        A stream whose body was neither read nor put to its end is cut there.

        :param size: bytes expected, which decides how it is held; a wrong guess costs time only.
        :raises TransportError: the connection failed.
        """
        if size <= SMALL:
            with self._memory.hold(size):
                head = self._whole(request)
                if head is not None:
                    yield WholeBody(request, head, self._destination)
                    return
        # One multi handle a thread keeps the connections of its streams alive.
        self._multi = self._multi or pycurl.CurlMulti()
        with (
            self._memory.hold(STREAMED),
            self._in_flight.body() as came,
            Stream(
                self._multi,
                request,
                self._source,
                self._destination,
                retry=self._retry,
                came=came,
                interrupt=self._interrupt,
            ) as stream,
        ):
            yield stream

    def _whole(self, request: Request) -> Response | None:
        """The answer with its body; None when that is too long to be held."""
        try:
            return self._source.send(request, max_body=2 * SMALL)
        except BodyTooLargeError:
            return None
