# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The bytes of one GET streamed into one PUT, verified before the last of them leaves.

When the GET breaks in mid-body, the rest is asked for and goes into the same PUT.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from typing import Any

from .._dependencies import pycurl
from .._errors import MigrationError
from .block_queue import BlockQueue
from .curl_handle import Answer, configure, prepare, send_headers, transport_error
from .http_client import Http
from .http_messages import MAX_BODY, Request, Response, TransportError
from .resumption import Resumption
from .retry import Retry
from .streamed_put import StreamedPut
from .verified_upload import Upload, too_long, verify

REQUEST_TIMEOUT = 408
"""What a Swift answers that has waited for the next bytes of a PUT for too long."""


class Stream:
    """One streamed copy: two libcurl handles and the blocks on their way between them.

    Entering it sends the GET and waits for the head of its answer.  Then the body is read or put.
    Leaving it in mid-body closes the connections: the other sides see a cut.

    :param multi: libcurl's, of this thread; it keeps connections alive.
    :param request: the GET.
    :param source: how its server is talked to.  :param destination: likewise.
    :param retry: how often the rest is asked for when the GET breaks.
    :param came: told of bytes that were read and go on to the destination.
    :param interrupt: called at least once a second; what it raises ends the copy.
    :ivar head: the answer to the GET, without its body.
    """

    def __init__(
        self,
        multi: Any,
        request: Request,
        source: Http,
        destination: Http,
        *,
        retry: Retry,
        came: Callable[[int], None],
        interrupt: Callable[[], None],
    ) -> None:
        self._multi = multi
        self._request = request
        self._source, self._destination = source, destination
        self._limits, self._retry, self._came = source.limits, retry, came
        self._interrupt = interrupt
        self._get, self._got = pycurl.Curl(), Answer()
        self._put: StreamedPut | None = None
        self.head = Response(0, b"")
        self._upload: Upload | None = None
        self._has_head = False
        self._is_decided = False
        """Whether it is known where the body goes; only the first piece is taken before."""
        self._early_end: Callable[[], None] | None = None
        self._unwanted: MigrationError | None = None
        self._blocks = BlockQueue(self._hand_on)
        self._pieces: list[bytes] = []
        """Those that came before it was known where they go, and all that go nowhere."""
        self._received = 0
        self._get_paused = False
        self._active: set[Any] = set()
        self._asked = (request, self._got)
        """What the source was asked for last, and its answer."""
        self._resumption: Resumption | None = None

    def __enter__(self) -> Stream:
        """Send the GET and wait for the head of its answer.

        :raises TransportError: the connection failed.
        """
        try:
            self._limits.request()
            configure(self._get, "GET", self._source.tls, self._got, self._source.silence)
            send_headers(self._get, self._request.headers)
            prepare(self._get, self._request, self._on_body)
            sent = time.monotonic()
            self._add(self._get)
            self._run(lambda: self._has_head)
            self.head = Response(self._got.status, self._got.head, sent=sent)
        except BaseException:
            self._close()
            raise
        return self

    def __exit__(self, *_error: object) -> None:
        self._close()

    def _close(self) -> None:
        # Removing a handle in mid-transfer closes its connection: the other side sees a cut.
        for handle in tuple(self._active):
            self._multi.remove_handle(handle)
        self._active.clear()
        self._get.close()
        if self._put is not None:
            self._put.close()

    def read(self) -> Response:
        """Read the body, which goes nowhere; see :meth:`.relay.Body.read`."""
        self._is_decided = True
        self._limits.bandwidth.take(self._received)
        if self._received > MAX_BODY:
            raise self._too_long()
        if self._early_end is not None:
            self._early_end()
        self._run(lambda: False)
        self.head.body = b"".join(self._pieces)
        return self.head

    def put(self, upload: Upload) -> Response:
        """Put the body; see :meth:`.relay.Body.put`."""
        self._is_decided = True
        self._upload = upload
        if self._received > upload.size:
            raise too_long(self._request, upload)
        for piece in self._pieces:
            self._blocks.add(piece)
        if self._early_end is not None:
            self._early_end()
        put = self._put = StreamedPut(upload, self._destination, self._blocks)
        self._add(put.handle)
        self._run(lambda: put.handle not in self._active and put.status > 0)
        if self._resumption is not None and put.status == REQUEST_TIMEOUT:
            self._resumption.end()
        return put.response

    def _run(self, is_over: Callable[[], bool]) -> None:
        """Let libcurl work until something holds, or all is done."""
        while self._active:
            self._interrupt()
            self._multi.perform()
            if self._unwanted is not None:
                raise self._unwanted
            self._reap_finished()
            if is_over():
                break
            if not self._resume() and self._active:
                self._wait()

    def _wait(self) -> None:
        """Wait for the servers, a second at most, or until the rest is to be asked for."""
        seconds = self._resumption.seconds if self._resumption else 1.0
        if self._multi.select(min(1.0, seconds)) == -1:
            time.sleep(0.005)

    @property
    def _broken(self) -> TransportError | None:
        """Why the GET broke, until the rest is asked for."""
        return self._resumption.broken if self._resumption else None

    def _add(self, handle: Any) -> None:
        self._multi.add_handle(handle)
        self._active.add(handle)

    def _on_body(self, data: bytes) -> int | None:
        undecided = self._has_head and not self._is_decided
        if undecided or (self._upload is not None and self._blocks.is_full):
            self._get_paused = True
            return int(pycurl.WRITEFUNC_PAUSE)
        self._has_head = True
        self._received += len(data)
        if not self._is_decided:
            self._pieces.append(data)
            return None
        if self._upload is None:
            self._pieces.append(data)
            self._limits.bandwidth.take(len(data))
            return None if self._received <= MAX_BODY else -1
        if self._received > self._upload.size:
            # The PUT could be complete before the end of the GET shows that the length is wrong.
            self._unwanted = too_long(self._request, self._upload)
            return None  # pausing, which may have led here, takes no -1
        self._blocks.add(data)
        return None

    def _hand_on(self, block: bytes) -> None:
        self._limits.bandwidth.take(len(block))
        self._came(len(block))
        if self._upload is not None and self._upload.watch is not None:
            self._upload.watch(block)

    def _break(self, error: TransportError) -> None:
        """Note that the GET broke; raise it when the copy cannot go on in the same PUT."""
        error.received = self._received
        if self._upload is None:
            raise error
        if self._resumption is None:
            size = self._upload.size
            self._resumption = Resumption(self._request, self.head, size, self._retry)
        self._resumption.broke(error, self._received)

    def _ask_for_the_rest(self, resumption: Resumption) -> None:
        self._limits.request()
        request = resumption.rest(self._received)
        self._get_paused = False
        self._get.setopt(pycurl.HEADERFUNCTION, resumption.answer.add)
        send_headers(self._get, request.headers)
        prepare(self._get, request, self._on_rest)
        self._asked = (request, resumption.answer)
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

    def _resume(self) -> bool:
        """Wake whichever side has something to do again; tell whether one was woken."""
        woken = self._put is not None and self._put.resume()
        if self._resumption is not None and not self._resumption.seconds:
            self._ask_for_the_rest(self._resumption)
            woken = True
        if self._get_paused and self._is_decided and self._blocks.is_low:
            self._get_paused = False
            self._get.pause(pycurl.PAUSE_CONT)
            woken = True
        return woken

    def _reap_finished(self) -> None:
        queued = 1
        while queued:
            queued, done, failed = self._multi.info_read()
            for handle in done:
                self._finish(handle)
                if handle is self._get:
                    self._end_get()
            for handle, code, text in failed:
                self._finish(handle)
                if handle is self._get:
                    self._fail_get(transport_error(*self._asked, code, text))
                elif self._put is not None:
                    self._fail_put(self._put.failure(code, text))

    def _end_get(self) -> None:
        self._has_head = True
        if not self._is_decided:
            self._early_end = self._end_get
            return
        error = self._not_the_rest()
        if self._unwanted is not None:
            raise self._unwanted
        if error is not None:
            self._break(error)
        elif self._upload is not None:
            verify(self._request, self._upload, self._received, self._blocks.end())
            self._blocks.release()

    def _fail_get(self, error: TransportError) -> None:
        if self._has_head and not self._is_decided:
            self._early_end = functools.partial(self._fail_get, error)
            return
        if self._received > MAX_BODY and self._upload is None:
            raise self._too_long()
        self._break(self._not_the_rest() or error)

    def _fail_put(self, error: TransportError | None) -> None:
        if error is not None:
            raise self._broken or error  # it may have waited in vain for the rest of the GET

    def _too_long(self) -> TransportError:
        method = self._request.method
        return TransportError(f"the answer to {method} is too long", retryable=False)

    def _finish(self, handle: Any) -> None:
        self._active.discard(handle)
        self._multi.remove_handle(handle)
