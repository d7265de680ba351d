# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The bytes of one GET brought into one PUT: held whole when small, else streamed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from .._dependencies import pycurl
from .bytes_in_flight import BytesInFlight
from .http_client import SILENCE_TIMEOUT, BodyTooLargeError, Http, Request, Tls
from .memory_budget import MemoryBudget
from .rate_limit import UNLIMITED, RateLimits
from .retry import Retry
from .stream import Stream
from .verified_upload import (
    UPLOAD_BREAKS,
    BrokenUploadError,
    DamagedBytesError,
    Relayed,
    Upload,
    UploadBreaksError,
    UploadFor,
    verify,
)

__all__ = [
    "UPLOAD_BREAKS",
    "BrokenUploadError",
    "DamagedBytesError",
    "Relay",
    "Relayed",
    "Upload",
    "UploadBreaksError",
]

SMALL = 1024 * 1024
"""Bytes up to which an object is held whole: two plain requests cost less than a stream."""

STREAMED = 1536 * 1024
"""Bytes that a stream takes: its blocks, and the buffers of two libcurl handles."""


class Relay:
    """Copies bodies from one server to another.  For one thread.

    :param limits: what may be asked of the source.
    :param memory: what all relays together may take.
    :param in_flight: told of the bytes of large bodies as they come.
    :param silence: whole seconds without one byte after which a request is given up.
    :param interrupt: called once a second while bytes are streamed; it may raise.
    :param retry: how often the rest of a stream is asked for that breaks.
    """

    def __init__(
        self,
        source: Tls,
        destination: Tls,
        limits: RateLimits = UNLIMITED,
        memory: MemoryBudget | None = None,
        in_flight: BytesInFlight | None = None,
        silence: int = SILENCE_TIMEOUT,
        interrupt: Callable[[], None] = lambda: None,
        retry: Retry | None = None,
    ) -> None:
        self._tls = (source, destination)
        self._memory = memory or MemoryBudget()
        self._in_flight = in_flight or BytesInFlight()
        self._limits, self._silence, self._interrupt = limits, silence, interrupt
        self._retry = retry or Retry()
        self._source = Http(source, limits, silence)
        self._destination = Http(destination, silence=silence)
        self._multi: Any = None

    def copy(self, get: Request, upload_for: UploadFor, size: int) -> Relayed:
        """GET and PUT one body.

        Its last block is sent only when the whole has the right length and MD5; a destination that
        is sent less than it was promised stores nothing.

        :param size: bytes expected, which decides how it is done; a wrong guess costs time only.
        :raises DamagedBytesError: wrong length or MD5.
        :raises BrokenUploadError: the connection of the PUT broke in mid-body.
        :raises TransportError: a connection failed, and where a stream's GET broke, the rest of it
            could not be had.
        """
        if size <= SMALL:
            try:
                with self._memory.hold(size):
                    return self._copy_whole(get, upload_for)
            except BodyTooLargeError:
                pass
        with self._memory.hold(STREAMED):
            return self._copy_stream(get, upload_for)

    def _copy_whole(self, get: Request, upload_for: UploadFor) -> Relayed:
        got = self._source.send(get, max_body=2 * SMALL)
        upload = upload_for(got)
        if upload is None:
            return Relayed(got, None)
        verify(get, upload, len(got.body), hashlib.md5(got.body, usedforsecurity=False).hexdigest())
        if upload.watch:
            upload.watch(got.body)
        method, url, headers, _nothing = upload.request
        return Relayed(got, self._destination.send(Request(method, url, headers, got.body)))

    def _copy_stream(self, get: Request, upload_for: UploadFor) -> Relayed:
        # One multi handle a thread keeps the connections of its streams alive.
        self._multi = self._multi or pycurl.CurlMulti()
        self._limits.requests.take()
        with self._in_flight.body() as came:
            stream = Stream(self._multi, get, upload_for, self._limits, self._retry, came)
            return stream.run(self._tls, self._silence, self._interrupt)
