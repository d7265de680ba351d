# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""One piece of an object: a range of its bytes, put as an object of its own."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import NamedTuple

from .._errors import MigrationError
from .._migration.segment_layout import SMALL_SEGMENT, Piece
from .._swift.container import Container
from .._swift.object_headers import EXPIRY, is_large
from .._swift.object_reading import LAST_ANSWER
from .._swift.range_checksums import RunningChecksums
from .._transport.http_messages import Request, Response
from .._transport.resumption import BreaksOffError
from .._transport.verified_upload import (
    UPLOAD_BREAKS,
    BrokenUploadError,
    DamagedBytesError,
    Upload,
    UploadBreaksError,
)
from .copy_errors import StartOverError, changing
from .transfer import Transfer


class StoredPiece(NamedTuple):
    """A piece that is at the destination.

    :param md5: in hex.
    :param checksums: the MD5s of the object's parts, up to the end of this piece.
    """

    md5: str
    checksums: RunningChecksums


class PieceCopy:
    """One piece on its way.  For one thread.

    :param store: the container of the segments.
    :param name: the object's name.
    :param head: what the source answered to HEAD.
    :param before: the checksums of the object's bytes before the piece.
    """

    def __init__(
        self,
        transfer: Transfer,
        store: Container,
        name: str,
        head: Response,
        piece: Piece,
        before: RunningChecksums,
    ) -> None:
        self._transfer, self._store = transfer, store
        self._name, self._head, self._piece, self._before = name, head, piece, before
        self._breaks: list[BrokenUploadError] = []

    def read_back(self) -> StoredPiece | None:
        """Read a segment that an earlier run has left; None when it must be copied again."""
        checksums = self._before

        def watch() -> Callable[[bytes], None]:
            nonlocal checksums
            checksums = self._before.copy()
            return checksums.update

        try:
            found = self._store.digest(self._piece.target, watch)
        except BreaksOffError:
            return None
        lasting = found.response.headers.get(EXPIRY) == self._head.headers.get(EXPIRY)
        right = found.response.status == 200 and found.response.etag == found.md5
        return (
            StoredPiece(found.md5, checksums) if right and lasting and not checksums.wrong else None
        )

    def copy(self) -> StoredPiece:
        """Copy it.

        :raises UploadBreaksError: the connection does not last for it; a smaller one may do.
        :raises StartOverError: the object changed, or its bytes are not those promised.
        """
        return self._transfer.source.retry.call(self._attempt)

    def _attempt(self) -> StoredPiece:
        _target, first, size = self._piece
        source, etag = self._transfer.source, self._head.etag
        condition = {"Range": f"bytes={first}-{first + size - 1}", "If-Match": f'"{etag}"'}
        last = LAST_ANSWER if is_large(self._head) else {}
        get = source.prepare("GET", self._name, headers=condition | last)
        md5 = hashlib.md5(usedforsecurity=False)
        checksums = self._before.copy()

        def watch(data: bytes) -> None:
            md5.update(data)
            checksums.update(data)

        put = self._prepare_put()
        try:
            with self._transfer.relay.get(get, size) as body:
                if body.head.status != 206 or body.head.etag != etag:
                    raise self._refusal(get, body.read())
                source.client.check(get, body.head)  # notes that the source answers
                answer = body.put(Upload(put, size, None, watch))
        except BrokenUploadError as error:
            self._breaks.append(error)
            if len(self._breaks) >= UPLOAD_BREAKS and size > SMALL_SEGMENT:
                raise UploadBreaksError(f"a segment of '{self._name}'", self._breaks) from None
            raise
        self._store.client.check(put, answer)
        if checksums.wrong:
            raise StartOverError(f"'{self._name}': {checksums.wrong}")
        if answer.etag != md5.hexdigest():
            raise DamagedBytesError(f"segment '{self._piece.target}' arrived with other bytes")
        return StoredPiece(md5.hexdigest(), checksums)

    def _prepare_put(self) -> Request:
        headers = {"Content-Type": "application/octet-stream"}
        if EXPIRY in self._head.headers:
            headers[EXPIRY] = self._head.headers[EXPIRY]
        return self._store.prepare("PUT", self._piece.target, headers=headers)

    def _refusal(self, get: Request, got: Response) -> MigrationError:
        """The error of an answer that is not the piece."""
        if got.status == 200:
            return MigrationError(
                "the source does not give parts of objects (Range), without which "
                f"'{self._name}' cannot be copied in segments"
            )
        if got.status in (206, 404, 412):
            return changing(self._name)
        self._transfer.source.client.check(get, got)
        return MigrationError(f"the source answered {got.status} to {self._name!r}")
