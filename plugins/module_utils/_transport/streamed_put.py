# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The PUT of a stream, which takes its body from a queue of blocks."""

from __future__ import annotations

from .._dependencies import pycurl
from .block_queue import BlockQueue
from .curl_handle import BUFFER_SIZE, Answer, configure, prepare, send_headers, transport_error
from .http_client import Http
from .http_messages import MAX_BODY, Response, TransportError
from .verified_upload import BrokenUploadError, Upload


class StreamedPut:
    """A libcurl handle that sends a body as its blocks may leave, for a multi handle.

    :param destination: how its server is talked to.
    :param blocks: the body.
    :ivar handle: libcurl's.
    """

    def __init__(self, upload: Upload, destination: Http, blocks: BlockQueue) -> None:
        self._request, self._blocks = upload.request, blocks
        self._answer = Answer()
        self._page: list[bytes] = []
        self._page_size = 0
        self._sent = 0
        self._is_paused = False
        self.handle = pycurl.Curl()
        configure(self.handle, "PUT", destination.tls, self._answer, destination.silence)
        send_headers(self.handle, self._request.headers)
        prepare(self.handle, self._request, self._on_page)
        self.handle.unsetopt(pycurl.CUSTOMREQUEST)
        self.handle.setopt(pycurl.UPLOAD, 1)
        self.handle.setopt(pycurl.INFILESIZE_LARGE, upload.size)
        self.handle.setopt(pycurl.UPLOAD_BUFFERSIZE, BUFFER_SIZE)
        self.handle.setopt(pycurl.READFUNCTION, self._on_read)

    @property
    def status(self) -> int:
        """The HTTP status of the answer, 0 before it is known."""
        return self._answer.status

    @property
    def response(self) -> Response:
        """The answer so far."""
        return Response(self._answer.status, self._answer.head, b"".join(self._page))

    def resume(self) -> bool:
        """Send on if it waits for a block that may leave now; tell whether it did."""
        if not self._is_paused or not self._blocks.is_sendable:
            return False
        self._is_paused = False
        self.handle.pause(pycurl.PAUSE_CONT)
        return True

    def failure(self, code: int, text: str) -> TransportError | None:
        """What libcurl's error means for the PUT.

        :returns: None if the server has refused the body before all of it was sent: that counts.
        """
        if self._answer.status >= 300:
            return None
        error = transport_error(self._request, self._answer, code, text)
        return BrokenUploadError(error, self._sent) if self._sent else error

    def close(self) -> None:
        """Give the handle back, which no multi handle may have any more."""
        self.handle.close()

    def _on_page(self, data: bytes) -> int | None:
        self._page.append(data)
        self._page_size += len(data)
        return None if self._page_size <= MAX_BODY else -1

    def _on_read(self, size: int) -> bytes | int:
        if not self._blocks.is_sendable:
            self._is_paused = True
            return int(pycurl.READFUNC_PAUSE)
        data = self._blocks.read(size)
        self._sent += len(data)
        return data
