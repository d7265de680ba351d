# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The PUT that takes the body of a GET, and whether the body is what was promised."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from .._errors import AttemptError, MigrationError
from .http_messages import Request, TransportError
from .retry import DAMAGED_ATTEMPTS

UPLOAD_BREAKS = 5
"""Tries of a PUT that break in mid-body, after which smaller ones are tried."""


class DamagedBytesError(AttemptError):
    """The bytes received are not those that the source's ETag or length promises."""

    retryable = True
    attempts = DAMAGED_ATTEMPTS


class BrokenUploadError(TransportError):
    """The connection of a PUT broke when some of its body had been sent.

    :ivar sent: bytes of it.
    """

    def __init__(self, error: TransportError, sent: int) -> None:
        super().__init__(error.message, retryable=error.retryable, unanswered=error.unanswered)
        self.sent = sent


class UploadBreaksError(MigrationError):
    """The connection to the destination does not last for the whole body, try after try.

    :param what: what was sent.  :param breaks: how each try broke.
    """

    def __init__(self, what: str, breaks: Sequence[BrokenUploadError]) -> None:
        super().__init__(
            f"the connection to the destination broke {len(breaks)} times while {what} was sent, "
            f"at last after {breaks[-1].sent:,} bytes: {breaks[-1].message}"
        )


class Upload(NamedTuple):
    """The PUT that takes the body of a GET.

    :param request: the PUT, without its body.
    :param size: bytes.
    :param md5: hex digest that the bytes must have; None for a part of an object, which has none.
    :param watch: told the bytes as they pass.
    """

    request: Request
    size: int
    md5: str | None
    watch: Callable[[bytes], None] | None = None


def verify(get: Request, upload: Upload, size: int, md5: str) -> None:
    """Compare what came with what was promised.

    :raises DamagedBytesError: wrong length or MD5.
    """
    if size != upload.size:
        raise DamagedBytesError(
            f"{_path(get)}: {size} bytes came where {upload.size} were announced"
        )
    if upload.md5 not in (None, md5):
        raise DamagedBytesError(
            f"{_path(get)}: the bytes read have the MD5 {md5}, the source's ETag is {upload.md5}",
            remedy="The object is damaged at the source; it was not copied",
        )


def too_long(get: Request, upload: Upload) -> DamagedBytesError:
    """The error that says that more bytes came than were announced."""
    return DamagedBytesError(
        f"{_path(get)}: more bytes came than the {upload.size} that were announced"
    )


def _path(get: Request) -> str:
    return get.url.partition("?")[0]
