# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The bytes of one GET streamed into one PUT, verified before the last of them leaves."""

from __future__ import annotations

import hashlib
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from ansible_collections.fnndsc.swift_migration.plugins.module_utils._dependencies import pycurl
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._http import (
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
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._rate_limit import (
    RateLimit,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._upload import (
    Relayed,
    Upload,
    UploadFor,
    verify,
)

BLOCK = 128 * 1024
"""Bytes of a stream that are hashed and handed on at once; libcurl gives pieces of 16 KiB."""

FULL, LOW = 4, 2
"""Blocks that wait for the destination when the source is paused, and when it goes on.  One always
waits for the verification."""


class Stream:
    """One streamed copy: two libcurl handles and the blocks on their way between them.

    :param multi: libcurl's, of this thread; it keeps connections alive.
    :param request: the GET.
    :param bandwidth: what may be read in a second.
    :param came: told of bytes that were read and go on to the destination.
    """

    def __init__(
        self,
        multi: Any,
        request: Request,
        upload_for: UploadFor,
        bandwidth: RateLimit,
        came: Callable[[int], None],
    ) -> None:
        self._multi = multi
        self._request, self._upload_for = request, upload_for
        self._bandwidth, self._came = bandwidth, came
        self._get, self._put = pycurl.Curl(), pycurl.Curl()
        self._got, self._answered = Answer(), Answer()
        self._upload: Upload | None = None
        self._head_seen = False
        self._unwanted: MigrationError | None = None
        self._blocks: deque[memoryview] = deque()
        self._pieces: list[bytes] = []
        self._gathered = self._received = 0
        self._refusal: list[bytes] = []
        self._md5 = hashlib.md5(usedforsecurity=False)
        self._verified = False
        self._get_paused = self._put_paused = False
        self._active: set[Any] = set()
        self._requests = {self._get: (request, self._got)}

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
                self._settle_finished()
                if self._put_answered:
                    break
                if not self._resume() and self._active and self._multi.select(1.0) == -1:
                    time.sleep(0.005)
        finally:
            # Removing a handle in mid-transfer closes its connection: the other side sees a cut.
            for handle in tuple(self._active):
                self._multi.remove_handle(handle)
            self._get.close()
            self._put.close()
        got = Response(self._got.status, self._got.head, sent=sent)
        if self._upload is None:
            got.body = b"".join(self._pieces)
            return Relayed(got, None)
        put = Response(self._answered.status, self._answered.head, b"".join(self._refusal))
        return Relayed(got, put)

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
        self._pieces.append(data)
        self._gathered += len(data)
        self._received += len(data)
        if self._upload is None:
            self._bandwidth.take(len(data))
            return None if self._received <= MAX_BODY else -1
        if self._gathered >= BLOCK:
            self._close_block(self._upload)
        return None

    def _close_block(self, upload: Upload) -> None:
        block = b"".join(self._pieces)
        self._bandwidth.take(len(block))
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

    def _on_refusal(self, data: bytes) -> None:
        self._refusal.append(data)

    def _on_read(self, size: int) -> bytes | int:
        if not self._sendable:
            self._put_paused = True
            return int(pycurl.READFUNC_PAUSE)
        block = self._blocks.popleft()
        if len(block) > size:
            self._blocks.appendleft(block[size:])
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
                    self._see_head()
                    if self._unwanted is not None:
                        raise self._unwanted
                    if self._upload is not None:
                        self._close_block(self._upload)
                        verify(self._request, self._upload, self._received, self._md5.hexdigest())
                        self._verified = True
            for handle, code, text in failed:
                self._finish(handle)
                if handle is self._put and self._answered.status >= 300:
                    continue  # it answered before it had read everything: the answer counts
                if self._unwanted is not None:
                    raise self._unwanted
                request, answer = self._requests[handle]
                if self._received > MAX_BODY and self._upload is None:
                    raise TransportError(
                        f"the answer to {request.method} is too long", retryable=False
                    )
                raise transport_error(request, answer, code, text)

    def _finish(self, handle: Any) -> None:
        self._active.discard(handle)
        self._multi.remove_handle(handle)
