# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The bytes of one GET streamed into one PUT, verified before the last of them leaves.

When the GET breaks in mid-body, the rest is asked for and goes into the same PUT.
"""

from __future__ import annotations

import hashlib
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from .._dependencies import pycurl
from .._errors import MigrationError
from .http_client import (
    BUFFER_SIZE,
    MAX_BODY,
    Answer,
    Request,
    Response,
    Tls,
    TransportError,
    configure,
    prepare,
    send_headers,
    transport_error,
)
from .rate_limit import RateLimits
from .resumption import Resumption
from .retry import Retry
from .verified_upload import BrokenUploadError, Relayed, Upload, UploadFor, too_long, verify

BLOCK = 128 * 1024
"""Bytes of a stream that are hashed and handed on at once; libcurl gives pieces of 16 KiB."""

FULL, LOW = 4, 2
"""Blocks that wait for the destination when the source is paused, and when it goes on.  One always
waits for the verification."""

REQUEST_TIMEOUT = 408
"""What a Swift answers that has waited for the next bytes of a PUT for too long."""


class Stream:
    """One streamed copy: two libcurl handles and the blocks on their way between them.

    :param multi: libcurl's, of this thread; it keeps connections alive.
    :param request: the GET.
    :param limits: what may be asked of the source; its first request is counted already.
    :param retry: how often the rest is asked for when the GET breaks.
    :param came: told of bytes that were read and go on to the destination.
    """

    def __init__(
        self,
        multi: Any,
        request: Request,
        upload_for: UploadFor,
        limits: RateLimits,
        retry: Retry,
        came: Callable[[int], None],
    ) -> None:
        self._multi = multi
        self._request, self._upload_for = request, upload_for
        self._limits, self._retry, self._came = limits, retry, came
        self._get, self._put = pycurl.Curl(), pycurl.Curl()
        self._got, self._answered = Answer(), Answer()
        self._upload: Upload | None = None
        self._head_seen = False
        self._unwanted: MigrationError | None = None
        self._blocks: deque[memoryview] = deque()
        self._pieces: list[bytes] = []
        self._gathered = self._received = 0
        self._refusal: list[bytes] = []
        self._refused = 0
        self._md5 = hashlib.md5(usedforsecurity=False)
        self._verified = False
        self._get_paused = self._put_paused = False
        self._active: set[Any] = set()
        self._requests = {self._get: (request, self._got)}
        self._resumption: Resumption | None = None
        self._sent = 0

    def run(
        self,
        tls: tuple[Tls, Tls],
        silence: int,
        interrupt: Callable[[], None] = lambda: None,
    ) -> Relayed:
        """Copy.

        :param tls: of the source and of the destination.
        :param silence: whole seconds without one byte after which it is given up.
        :param interrupt: called at least once a second; what it raises ends the copy.
        :raises DamagedBytesError: wrong length or MD5.
        :raises BrokenUploadError: the connection of the PUT broke when bytes had been sent.
        :raises TransportError: a connection failed.
        """
        configure(self._get, "GET", tls[0], self._got, silence)
        configure(self._put, "PUT", tls[1], self._answered, silence)
        send_headers(self._get, self._request.headers)
        prepare(self._get, self._request, self._on_body)
        sent = time.monotonic()
        self._add(self._get)
        try:
            while self._active:
                interrupt()
                self._multi.perform()
                if self._unwanted is not None:
                    raise self._unwanted
                self._settle_finished()
                if self._put_answered:
                    break
                if not self._resume() and self._active:
                    self._wait()
        finally:
            # Removing a handle in mid-transfer closes its connection: the other side sees a cut.
            for handle in tuple(self._active):
                self._multi.remove_handle(handle)
            self._get.close()
            self._put.close()
        if self._resumption is not None and self._answered.status == REQUEST_TIMEOUT:
            self._resumption.end()
        got = Response(self._got.status, self._got.head, sent=sent)
        if self._upload is None:
            got.body = b"".join(self._pieces)
            return Relayed(got, None)
        put = Response(self._answered.status, self._answered.head, b"".join(self._refusal))
        return Relayed(got, put)

    def _wait(self) -> None:
        """Wait for the servers, a second at most, or until the rest is to be asked for."""
        seconds = self._resumption.seconds if self._resumption else 1.0
        if self._multi.select(min(1.0, seconds)) == -1:
            time.sleep(0.005)

    @property
    def _broken(self) -> TransportError | None:
        """Why the GET broke, until the rest is asked for."""
        return self._resumption.broken if self._resumption else None

    @property
    def _put_answered(self) -> bool:
        return self._put not in self._active and self._answered.status > 0

    def _add(self, handle: Any) -> None:
        self._multi.add_handle(handle)
        self._active.add(handle)

    def _on_body(self, data: bytes) -> int | None:
        self._see_head()
        if self._unwanted is not None:
            return -1
        if self._upload is not None and len(self._blocks) >= FULL:
            self._get_paused = True
            return int(pycurl.WRITEFUNC_PAUSE)
        self._received += len(data)
        if self._upload is None:
            self._pieces.append(data)
            self._limits.bandwidth.take(len(data))
            return None if self._received <= MAX_BODY else -1
        if self._received > self._upload.size:
            # The PUT could be complete before the end of the GET shows that the length is wrong.
            self._unwanted = too_long(self._request, self._upload)
            return None  # pausing, which may have led here, takes no -1
        self._pieces.append(data)
        self._gathered += len(data)
        if self._gathered >= BLOCK:
            self._close_block(self._upload)
        return None

    def _close_block(self, upload: Upload) -> None:
        block = b"".join(self._pieces)
        self._limits.bandwidth.take(len(block))
        self._came(len(block))
        self._md5.update(block)
        if upload.watch:
            upload.watch(block)
        self._blocks.append(memoryview(block))
        self._pieces.clear()
        self._gathered = 0

    def _see_head(self) -> None:
        if not self._head_seen:
            self._head_seen = True
            head = Response(self._got.status, self._got.head)
            try:
                self._upload = self._upload_for(head)
            except MigrationError as error:  # libcurl's callbacks cannot carry it
                self._unwanted = error

    def _break(self, error: TransportError) -> None:
        """Note that the GET broke; raise it when the copy cannot go on in the same PUT."""
        error.received = self._received
        if self._upload is None:
            raise error
        if self._resumption is None:
            head = Response(self._got.status, self._got.head)
            self._resumption = Resumption(self._request, head, self._upload.size, self._retry)
        self._resumption.broke(error, self._received)

    def _ask_for_the_rest(self, resumption: Resumption) -> None:
        self._limits.requests.take()
        request = resumption.rest(self._received)
        self._get_paused = False
        self._get.setopt(pycurl.HEADERFUNCTION, resumption.answer.add)
        send_headers(self._get, request.headers)
        prepare(self._get, request, self._on_rest)
        self._requests[self._get] = (request, resumption.answer)
        self._add(self._get)

    def _on_rest(self, data: bytes) -> int | None:
        return -1 if self._not_the_rest() else self._on_body(data)

    def _not_the_rest(self) -> TransportError | None:
        """What else was answered when the rest was asked for."""
        if self._resumption is not None and self._resumption.answer.status:
            try:
                self._resumption.check()
            except TransportError as error:  # libcurl's callbacks cannot carry it
                return error
            except MigrationError as error:  # its headers are none
                self._unwanted = error
        return None

    def _start_put(self, upload: Upload) -> None:
        send_headers(self._put, upload.request.headers)
        prepare(self._put, upload.request, self._on_refusal)
        self._put.unsetopt(pycurl.CUSTOMREQUEST)
        self._put.setopt(pycurl.UPLOAD, 1)
        self._put.setopt(pycurl.INFILESIZE_LARGE, upload.size)
        self._put.setopt(pycurl.UPLOAD_BUFFERSIZE, BUFFER_SIZE)
        self._put.setopt(pycurl.READFUNCTION, self._on_read)
        self._requests[self._put] = (upload.request, self._answered)
        self._add(self._put)

    def _on_refusal(self, data: bytes) -> int | None:
        self._refusal.append(data)
        self._refused += len(data)
        return None if self._refused <= MAX_BODY else -1

    def _on_read(self, size: int) -> bytes | int:
        if not self._sendable:
            self._put_paused = True
            return int(pycurl.READFUNC_PAUSE)
        block = self._blocks.popleft()
        if len(block) > size:
            self._blocks.appendleft(block[size:])
        self._sent += min(size, len(block))
        return bytes(block[:size])

    @property
    def _sendable(self) -> bool:
        """Whether there is something to send: the last block stays back until all is verified."""
        return len(self._blocks) > (not self._verified)

    def _resume(self) -> bool:
        """Wake whichever side has something to do again; tell whether one was woken."""
        woken = False
        if self._upload is not None and self._put not in self._active and not self._answered.status:
            self._start_put(self._upload)
            woken = True
        if self._put_paused and self._sendable:
            self._put_paused = False
            self._put.pause(pycurl.PAUSE_CONT)
            woken = True
        if self._resumption is not None and not self._resumption.seconds:
            self._ask_for_the_rest(self._resumption)
            woken = True
        if self._get_paused and len(self._blocks) <= LOW:
            self._get_paused = False
            self._get.pause(pycurl.PAUSE_CONT)
            woken = True
        return woken

    def _settle_finished(self) -> None:
        queued = 1
        while queued:
            queued, done, failed = self._multi.info_read()
            for handle in done:
                self._finish(handle)
                if handle is self._get:
                    self._end_get()
            for handle, code, text in failed:
                self._finish(handle)
                request, answer = self._requests[handle]
                if handle is self._put:
                    # What it answered before it had read everything counts.
                    if answer.status < 300:
                        raise self._put_failure(transport_error(request, answer, code, text))
                else:
                    self._fail_get(transport_error(request, answer, code, text))

    def _end_get(self) -> None:
        self._see_head()
        error = self._not_the_rest()
        if self._unwanted is not None:
            raise self._unwanted
        if error is not None:
            self._break(error)
        elif self._upload is not None:
            self._close_block(self._upload)
            verify(self._request, self._upload, self._received, self._md5.hexdigest())
            self._verified = True

    def _fail_get(self, error: TransportError) -> None:
        if self._received > MAX_BODY and self._upload is None:
            raise TransportError(
                f"the answer to {self._request.method} is too long", retryable=False
            )
        self._break(self._not_the_rest() or error)

    def _put_failure(self, error: TransportError) -> TransportError:
        if self._broken is not None:
            return self._broken  # it has waited in vain for the rest
        return BrokenUploadError(error, self._sent) if self._sent else error

    def _finish(self, handle: Any) -> None:
        self._active.discard(handle)
        self._multi.remove_handle(handle)
