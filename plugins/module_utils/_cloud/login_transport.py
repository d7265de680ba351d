# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Limits on the requests of a login: no redirect, and no answer too large for memory.

keystoneauth follows redirects by itself and sends the secret along, be it to another server or
from https to http.  requests reads a whole answer into memory and unpacks it there, however long
it gets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from .._errors import MigrationError
from .._transport.proxy import has_proxies, proxy_for

if TYPE_CHECKING:
    from keystoneauth1.session import Session

MAX_ANSWER = 1024 * 1024
"""Bytes of an answer.  A catalog and an ``/info`` have some ten thousand."""

PIECE = 64 * 1024
"""Bytes that are read at once."""

REDIRECTS = frozenset({301, 302, 303, 305, 307, 308})


class RedirectError(MigrationError):
    """A server sends a request of a login on to another address."""


class AnswerTooLongError(MigrationError):
    """An answer to a login, or to ``/info``, is too long, or packed."""


class LoginTransport:
    """An adapter of requests around another one.

    :param inner: what sends and receives.
    :param option: the option that says where to log in, for errors.
    """

    def __init__(self, inner: Any, option: str) -> None:
        self._inner = inner
        self._option = option

    def send(self, request: Any, **options: Any) -> Any:
        """Send a request; ``options`` are those of ``requests.adapters.HTTPAdapter.send``.

        :raises RedirectError: the answer names another address.
        :raises AnswerTooLongError: the answer is too long, or packed.
        """
        request.headers["Accept-Encoding"] = "identity"
        if has_proxies():
            parts = urlsplit(request.url)
            proxy = proxy_for(f"{parts.scheme}://{parts.netloc}")
            options["proxies"] = {parts.scheme: proxy} if proxy else {}
        response = self._inner.send(request, **{**options, "stream": True})
        url = request.url.partition("?")[0]
        try:
            self._refuse_redirect(url, response)
            packed = response.headers.get("Content-Encoding", "identity").strip().lower()
            if packed not in ("", "identity"):
                raise AnswerTooLongError(
                    f"{url} answers with the Content-Encoding '{packed}', which was not asked for",
                    option=self._option,
                )
            response._content = self._body(url, response)
            response._content_consumed = True
        except BaseException:
            response.close()
            raise
        return response

    def close(self) -> None:
        """Close the connections."""
        self._inner.close()

    def _refuse_redirect(self, url: str, response: Any) -> None:
        if response.status_code in REDIRECTS:
            place = response.headers.get("Location", "")
            raise RedirectError(
                f"{url} answers {response.status_code} and names the address '{place[:300]}'",
                option=self._option,
                remedy="No secret is sent on to another address. If it is the right one, give it",
            )

    def _body(self, url: str, response: Any) -> bytes:
        import requests
        import urllib3

        pieces: list[bytes] = []
        size = 0
        try:
            while piece := response.raw.read(PIECE, decode_content=False):
                size += len(piece)
                if size > MAX_ANSWER:
                    raise AnswerTooLongError(
                        f"{url} answers with more than {MAX_ANSWER:,} bytes",
                        option=self._option,
                        remedy="Check that the URL leads to the service that is meant",
                    )
                pieces.append(piece)
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise requests.exceptions.ConnectionError(error, request=response.request) from error
        return b"".join(pieces)


def restrict(session: Session, option: str) -> Session:
    """Let all requests of a keystoneauth session go through :class:`LoginTransport`.

    :param option: the option that says where to log in, for errors.
    """
    session.redirect = False
    sender: Any = session.session
    for scheme, adapter in list(sender.adapters.items()):
        sender.mount(scheme, LoginTransport(adapter, option))
    return session
