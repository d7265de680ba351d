# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What is copied of an object: a plain one as it is, or the bytes of any."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Protocol

from .._migration.outcome import Kind, Outcome
from .._swift.container import Container
from .._swift.listing import ListedObject
from .._swift.object_headers import carried_headers, is_large
from .._swift.object_reading import Digest
from .._swift.range_checksums import ChecksummedRange, RunningChecksums
from .._transport.http_messages import Response
from .._transport.verified_upload import DamagedBytesError
from .promised_bytes import PromisedBytes, promised_bytes

AS_MANIFEST = "multipart-manifest=get&format=raw"
"""Asks for a large object's manifest in the form that PUT takes; a plain object is not affected."""


class CopyMode(Protocol):
    """Decides what is asked for, and what of it is put."""

    @property
    def query(self) -> str:
        """The query of the GET."""

    def skips(self, got: Response) -> bool:
        """Whether an object is not copied in this mode."""

    def promised(self, got: Response, entry: ListedObject) -> PromisedBytes | None:
        """What the bytes must be; None when nobody tells their MD5.

        :raises LengthUnknownError: nobody tells their number.
        """

    def without_md5(self, name: str, target: str) -> Outcome | None:
        """Deal with an object whose MD5 nobody tells.

        :returns: how its copy ends; None when it can be tried again.
        """


class PlainObjects:
    """Plain objects with an MD5 as their ETag.  All others are left to be copied as large ones."""

    query = AS_MANIFEST

    def __init__(self, source: Container) -> None:
        self._source = source

    def skips(self, got: Response) -> bool:
        """Whether it is a large object, of which this is the manifest."""
        return is_large(got)

    def promised(self, got: Response, entry: ListedObject) -> PromisedBytes | None:
        """What the answer tells, unless it may be that for a large object."""
        # Asked for a manifest, Ceph RGW shows a static large object as an empty one (measured).
        may_be_large = got.headers.get("content-length") == "0" and self._is_ceph
        return None if may_be_large else promised_bytes(got, entry)

    def without_md5(self, name: str, _target: str) -> Outcome | None:
        """Leave it: LARGE."""
        return Outcome(Kind.LARGE, name)

    @functools.cached_property
    def _is_ceph(self) -> bool:
        return self._source.connection.profile().is_ceph


class AllBytes:
    """The bytes of one object of any kind.  They are read first if nothing else tells their MD5.

    :param parts: of the bytes, if their MD5s are known.
    """

    query = ""

    def __init__(
        self, source: Container, destination: Container, parts: Sequence[ChecksummedRange]
    ) -> None:
        self._source, self._destination, self._parts = source, destination, parts
        self._read: Digest | None = None

    def skips(self, _got: Response) -> bool:
        """Nothing is skipped."""
        return False

    def promised(self, got: Response, entry: ListedObject) -> PromisedBytes | None:
        """What the answer tells, or the reading of the same version."""
        return promised_bytes(got, entry, self._read)

    def without_md5(self, name: str, target: str) -> Outcome | None:
        """Read the object: KEPT when the destination holds what was read.

        :raises DamagedBytesError: the bytes do not match the MD5s of the parts.
        """
        self._read = read = self._read_all(name)
        present = self._destination.request("HEAD", target, accept=(404,))
        found = (present.status, present.etag, carried_headers(present), is_large(present))
        if found == (200, read.md5, carried_headers(read.response), False):
            return Outcome(Kind.KEPT, name)
        return None

    def _read_all(self, name: str) -> Digest:
        check = RunningChecksums(self._parts)

        def watch() -> Callable[[bytes], None]:
            nonlocal check
            check = RunningChecksums(self._parts)
            return check.update

        read = self._source.digest(name, watch)
        if self._parts and read.response.status == 200 and not check.complete:
            raise DamagedBytesError(f"'{name}' is damaged at the source: {check.wrong}")
        return read
