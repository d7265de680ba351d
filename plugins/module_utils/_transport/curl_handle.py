# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A libcurl handle set up for a request, and what its errors mean."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .._dependencies import pycurl
from . import header
from .authorities import trusted
from .http_messages import Request, TransportError, origin_of
from .proxy import has_proxies, proxy_for, through

if TYPE_CHECKING:
    from collections.abc import Callable

CONNECT_TIMEOUT = 20
"""Seconds until a connection must stand."""

BUFFER_SIZE = 128 * 1024
"""Bytes that libcurl reads at once; its default of 16 KiB costs 8 times the system calls."""

MAX_HEAD = 256 * 1024
"""Bytes that an answer's head may have, together with 1xx answers before it and a trailer.  Swift
stores 4 KiB of metadata with an object, unless its operators allow more."""

LIMITS_HEADS = 0x081700
"""The libcurl that ends such a head itself, at 300 KiB (measured: 8.23.0); earlier ones may not."""

_UNREACHABLE = frozenset({5, 6, 7, 28, 97})
"""libcurl's errors of a host that is not found or not connected to, and of one that is silent."""

_STATUS = re.compile(rb"HTTP/\d(?:\.\d)? (\d{3})(?!\d)")


@dataclass(frozen=True)
class Tls:
    """How a server's certificate is checked.

    :param verify: False accepts any certificate.
    :param ca_cert: path of a PEM file with the authorities to trust instead of the usual ones.
    """

    verify: bool = True
    ca_cert: str | None = None

    def authorities(self) -> str:
        """The path of the authorities: a file, or a folder of files."""
        return trusted(self.ca_cert)


class Answer:
    """The head of an answer, collected line by line.

    :ivar add: takes one more line; -1 tells libcurl that the head is too long.
    """

    def __init__(self) -> None:
        self._lines: list[bytes] = []
        self._size = 0
        # It is called for each line, by threads that wait for each other: Python code takes long.
        limited = pycurl.version_info()[2] >= LIMITS_HEADS
        self.add: Callable[[bytes], int | None] = self._lines.append if limited else self._count

    def _count(self, line: bytes) -> int | None:
        self._lines.append(line)
        self._size += len(line)
        return None if self._size <= MAX_HEAD else -1

    def clear(self) -> None:
        """Forget the lines, before another answer."""
        self._lines.clear()
        self._size = 0

    @property
    def head(self) -> bytes:
        """All lines so far."""
        return b"".join(self._lines)

    @property
    def status(self) -> int:
        """The HTTP status, 0 before it is known."""
        for line in reversed(self._lines):
            if found := _STATUS.match(line):
                return int(found[1])
        return 0


def configure(curl: Any, method: str, tls: Tls, answer: Answer, silence: int) -> None:
    """Set up a libcurl handle for requests of one method; its connections stay open.

    :param answer: told the head of each answer.
    """
    curl.setopt(pycurl.HEADERFUNCTION, answer.add)
    # The address comes from a server, and libcurl knows file:// and gopher://, too.
    curl.setopt(pycurl.PROTOCOLS, pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS)
    # Object names may hold "a/../b": without PATH_AS_IS libcurl would resolve it.
    curl.setopt(pycurl.PATH_AS_IS, 1)
    curl.setopt(pycurl.NOSIGNAL, 1)
    curl.setopt(pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_1_1)
    curl.setopt(pycurl.CONNECTTIMEOUT, CONNECT_TIMEOUT)
    curl.setopt(pycurl.LOW_SPEED_LIMIT, 1)
    curl.setopt(pycurl.LOW_SPEED_TIME, silence)
    curl.setopt(pycurl.BUFFERSIZE, BUFFER_SIZE)
    curl.setopt(pycurl.SSL_VERIFYPEER, int(tls.verify))
    curl.setopt(pycurl.SSL_VERIFYHOST, 2 if tls.verify else 0)
    if tls.verify:
        authorities = tls.authorities()
        is_folder = Path(authorities).is_dir()
        curl.setopt(pycurl.CAPATH if is_folder else pycurl.CAINFO, authorities)
    # The proxy is chosen for each server, see prepare(); libcurl reads the variables otherwise.
    curl.setopt(pycurl.PROXY, "")
    curl.setopt(pycurl.NOPROXY, "")
    if method == "HEAD":
        curl.setopt(pycurl.NOBODY, 1)
    elif method != "GET":
        curl.setopt(pycurl.CUSTOMREQUEST, method)


def send_headers(curl: Any, headers: Mapping[str, str]) -> None:
    """Let a libcurl handle send these headers, until it is told others.

    :raises HeaderError: one of them would not be one line to every parser.
    """
    # Neither a wait for "100 Continue" nor a form's content type is wanted.
    curl.setopt(pycurl.HTTPHEADER, [*header.lines(headers), b"Expect:", b"Content-Type:"])


def prepare(curl: Any, request: Request, on_body: Callable[[bytes], int | None]) -> None:
    """Set up a libcurl handle, already configured for the method, for a request; not its headers."""
    curl.setopt(pycurl.URL, request.url)
    if has_proxies():
        curl.setopt(pycurl.PROXY, proxy_for(origin_of(request.url)))
    curl.setopt(pycurl.WRITEFUNCTION, on_body)
    if request.method not in ("GET", "HEAD"):
        # Also sends "Content-Length: 0" for an empty object.
        curl.setopt(pycurl.POSTFIELDS, request.body)


def transport_error(request: Request, answer: Answer, code: int, text: str) -> TransportError:
    """What libcurl's error ``code`` means for the user; the URL's query never shows."""
    certificate = code in (
        pycurl.E_PEER_FAILED_VERIFICATION,
        pycurl.E_SSL_CACERT_BADFILE,
        pycurl.E_SSL_CERTPROBLEM,
    )
    origin = origin_of(request.url)
    way = through(origin)
    error = TransportError(
        f"{request.method} {request.url.partition('?')[0]}{way} failed: {text} (libcurl {code})",
        retryable=not certificate,
        unanswered="" if answer.status else origin,
    )
    error.unreachable = code in _UNREACHABLE and not answer.status
    if certificate:
        error.remedy = "Let ca_cert name the PEM file of the authority that signed its certificate"
    return error
