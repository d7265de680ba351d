# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""One account of an object store as one thread sees it: requests with a token, failures named."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from .._transport.curl_handle import Tls
from .._transport.http_client import Http
from .._transport.http_messages import Request, Response, origin_of
from .._transport.rate_limit import UNLIMITED, RateLimits
from .._transport.retry import (
    GATEWAY_STATUSES,
    Retry,
    UnauthorizedError,
    UncheckedTokenError,
)
from .._transport.servers import Server
from .._transport.status_errors import describe, is_success, status_error

if TYPE_CHECKING:
    from .._cloud.connection import Connection

UNANSWERED = GATEWAY_STATUSES | {401}
"""Answers of a server that is away, or of one that cannot check a token."""

WRITES = frozenset({"PUT", "POST", "DELETE"})


class SwiftClient:
    """Sends requests to one account.  For one thread; all threads share the connection.

    :param retry: which failures are tried again, when, how often.
    :param limits: how much the server may be asked.
    :param guard: called before each request that writes; it may raise.
    :ivar http: the libcurl handle of the thread for this server.
    """

    def __init__(
        self,
        connection: Connection,
        retry: Retry | None = None,
        *,
        limits: RateLimits = UNLIMITED,
        guard: Callable[[], None] | None = None,
    ) -> None:
        self.connection = connection
        self.retry = retry or Retry()
        self._guard = guard
        options = connection.options
        self.http = Http(Tls(options.validate_certs, options.ca_cert), limits)

    @functools.cached_property
    def _server(self) -> Server:
        return self.retry.servers.at(origin_of(self.connection.storage_url))

    @property
    def label(self) -> str:
        """``source`` or ``destination``."""
        return self.connection.options.label

    def prepare(
        self,
        method: str,
        path: str = "",
        *,
        query: str = "",
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
    ) -> Request:
        """A request with its URL and token.

        :param path: a container, or an object in one, quoted; empty for the account itself.
        """
        if self._guard is not None and method in WRITES:
            self._guard()
        url = self.connection.storage_url
        if path:
            url += "/" + path
        if query:
            url += "?" + query
        return Request(
            method, url, {"X-Auth-Token": self.connection.token(), **(headers or {})}, body
        )

    def request(
        self,
        method: str,
        path: str = "",
        *,
        query: str = "",
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        accept: tuple[int, ...] = (),
    ) -> Response:
        """Send a request, again as often as :class:`Retry` says.

        :param path: a container, or an object in one, quoted; empty for the account itself.
        :param accept: other statuses than 2xx that the caller deals with.
        :raises StatusError: any other status.  :raises TransportError: no answer.
        """

        def once() -> Response:
            request = self.prepare(method, path, query=query, headers=headers, body=body)
            response = self.http.send(request)
            self.check(request, response, accept)
            return response

        return self.retry.call(once)

    def check(self, request: Request, response: Response, accept: tuple[int, ...] = ()) -> None:
        """Raise what a status means that is no success, and note that the server has answered.

        :param accept: other statuses than 2xx that the caller deals with.
        :raises UnauthorizedError: 401, and 403 for a token that is not fresh.
        :raises StatusError: every other one.
        """
        if response.status not in UNANSWERED:
            self._server.answers += 1
        if response.status in accept or is_success(request, response):
            self._server.has_accepted = True
            return
        what, token = describe(request, response, self.label), request.headers["X-Auth-Token"]
        if response.status == 401:
            raise UnauthorizedError(what, self.connection, token, self._unchecked(request, what))
        error = status_error(request, response, self.label)
        # Ceph does not always tell a token that has ended (401) from one that may not.
        if response.status == 403 and not self.connection.is_fresh(token):
            raise UnauthorizedError(what, self.connection, token, otherwise=error)
        raise error

    def _unchecked(self, request: Request, what: str) -> UncheckedTokenError | None:
        """What it is if also a new token is refused, and that may pass."""
        if not self._server.has_accepted or not self.connection.profile().is_ceph:
            return None
        return UncheckedTokenError(what, origin_of(request.url))
