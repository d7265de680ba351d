# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A login to one cloud, shared by all that talk to it."""

from __future__ import annotations

import functools
import threading
import time
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from .._dependencies import keystone_exceptions
from .._errors import MigrationError
from .._transport.http_messages import origin_of
from .._transport.retry import Retry
from .connection_options import ConnectionOptions
from .endpoint import find_storage_url
from .login_errors import ServiceError, explain, unreachable
from .login_transport import RedirectError
from .server_profile import ServerProfile, info_urls
from .session import LoginSession, open_session

if TYPE_CHECKING:
    from keystoneauth1.session import Session

__all__ = ["Connection", "ConnectionOptions"]

_UNCHANGED = 5.0
"""Seconds for which a token that a renewal gave back unchanged is not asked for again.  Its last
second is left out: memcached, where TempAuth keeps it, may have dropped it by then."""

_FRESH = 60.0
"""Seconds after a login in which a server that refuses (403) does not mean the token."""

_NO_LOGIN = (
    ArithmeticError,
    AttributeError,
    LookupError,
    OSError,
    RecursionError,
    TypeError,
    ValueError,
)
"""What keystoneauth lets through when an answer has not the form of one to a login."""


class _Token(NamedTuple):
    value: str
    since: float  # by time.monotonic(), as are the next two
    renew_at: float
    ends_at: float
    expires_at: datetime | None
    project_id: str | None
    project_name: str | None


class Connection:
    """One cloud's object store: where it is, and a valid token for it.

    Nothing is sent before the first use.  All methods may be called from many
    threads, which share one login.  Each raises :class:`MigrationError`, naming
    the option, when the login fails.

    :param session: a keystoneauth session with an identity plugin, to use instead of
        what the options say; for tests.
    :param retry: what is tried again of a renewal and of ``/info``, when, how often.
    """

    def __init__(
        self,
        options: ConnectionOptions,
        *,
        session: Session | None = None,
        retry: Retry | None = None,
    ) -> None:
        self._given = options
        self._retry = retry or Retry()
        self._opened = LoginSession(session, session.auth, options) if session else None
        self._lock = threading.RLock()
        self._current: _Token | None = None
        self._unchanged_until = 0.0
        self._failure: ServiceError | None = None
        self._storage_url: str | None = None
        self._capabilities: dict[str, Any] | None = None
        self._profile: ServerProfile | None = None

    @property
    def options(self) -> ConnectionOptions:
        """The options in effect: with what the openrc or ``clouds.yaml`` adds."""
        return self._login.options

    @property
    def storage_url(self) -> str:
        """The account's URL as the catalog or v1 auth names it, without a slash at its end."""
        if self._storage_url is None:
            with self._lock:
                self.token()
                self._storage_url = find_storage_url(self._login, self._given).rstrip("/")
        return self._storage_url

    @property
    def project_id(self) -> str | None:
        """The project's id; v1 auth knows none."""
        return self._valid().project_id

    @property
    def project_name(self) -> str | None:
        """The project's name; v1 auth knows none."""
        return self._valid().project_name

    @property
    def expires_at(self) -> datetime | None:
        """When the token expires, if the server says so."""
        return self._valid().expires_at

    def token(self) -> str:
        """Give a token that is valid for a while yet; cheap enough to call for each request."""
        return self._valid().value

    def renew(self, rejected: str) -> str:
        """Give another token than the one that a server rejected.

        Only the first of the workers that come with the same rejected token
        logs in; the others wait for it.  The same token may come back: TempAuth
        hands one out until it expires.  Who is rejected again has to give up.
        """
        with self._lock:
            token = self._valid()
            if token.value != rejected or time.monotonic() < self._unchanged_until:
                return token.value
            return self._log_in(self._retry).value

    def is_fresh(self, token: str) -> bool:
        """Whether the token is from a login of the last minute."""
        current = self._current
        return (
            current is not None
            and current.value == token
            and time.monotonic() < current.since + _FRESH
        )

    def capabilities(self) -> dict[str, Any]:
        """Give what the server's ``/info`` tells; empty if it has none.

        :raises MigrationError: it cannot be had.
        """
        if self._capabilities is None:
            self._capabilities = self._find_capabilities()
        return self._capabilities

    def profile(self) -> ServerProfile:
        """What the server is and can do; read from its ``/info`` once.

        :raises MigrationError: it cannot be had.
        """
        if self._profile is None:
            self._profile = ServerProfile.of(self.capabilities())
        return self._profile

    @property
    def known_profile(self) -> ServerProfile | None:
        """The same, if it has been read; nothing is asked for it."""
        return self._profile

    @property
    def _login(self) -> LoginSession:
        with self._lock:
            if self._opened is None:
                self._opened = open_session(self._given)
            return self._opened

    def _valid(self) -> _Token:
        token = self._current
        if token is not None and time.monotonic() < token.renew_at:
            return token
        with self._lock:
            token, now = self._current, time.monotonic()
            if token is None:
                return self._log_in(Retry(attempts=1))
            if now < token.renew_at:
                return token
            if now >= token.ends_at:
                return self._log_in(self._retry)
            # While it is tried, and if it fails for now, the token does for a while yet.
            self._current = token._replace(renew_at=now + max(1.0, (token.ends_at - now) / 2))
            try:
                return self._log_in(Retry(attempts=1))
            except ServiceError:
                if self._failure is not None:
                    raise
                return token

    def _log_in(self, retry: Retry) -> _Token:
        """Log in, with the lock held.  After a failure that stays, the others do not try again."""
        if self._failure is not None:
            raise self._failure
        try:
            new = retry.call(self._ask_for_token)
        except ServiceError as error:
            if retry is self._retry or not error.retryable:
                self._failure = error
            error.retryable = False  # who needs the token must not try again
            raise
        if self._current is not None and new.value == self._current.value:
            self._unchanged_until = min(time.monotonic() + _UNCHANGED, new.ends_at - 1)
        self._current = new
        return new

    def _ask_for_token(self) -> _Token:
        login = self._login
        server = origin_of(login.options.auth.get("auth_url", ""))
        asked = time.monotonic()
        try:
            login.auth.invalidate()
            access = login.auth.get_access(login.session)
            life = (access.expires - access.issued).total_seconds() if access.expires else None
        except (keystone_exceptions.ClientException, *_NO_LOGIN) as error:
            raise ServiceError(explain(error, self._given, login.options), error, server) from error
        except MigrationError as error:  # of _login_transport
            raise ServiceError(error, error, server) from error
        self._retry.servers.at(server).answers += 1
        renew_at = ends_at = float("inf")
        if life is not None:
            # Both times are the server's, so a wrong clock here does not matter.
            ends_at = asked + life
            renew_at = asked + max(1.0, life - min(60.0, life / 10))
        return _Token(
            access.auth_token,
            asked,
            renew_at,
            ends_at,
            access.expires,
            access.project_id,
            getattr(access, "project_name", None),
        )

    def _find_capabilities(self) -> dict[str, Any]:
        for url in info_urls(self.storage_url):
            try:
                found = self._retry.call(functools.partial(self._capabilities_at, url))
            except ServiceError as error:
                error.retryable = False
                raise
            if isinstance(found, dict):
                return found
        return {}

    def _capabilities_at(self, url: str) -> object:
        """The answer there; None for no answer.  A failure that may pass is raised."""
        option = self._given.origin("auth_url")
        server = origin_of(url)
        try:
            return self._login.session.get(url, authenticated=False).json()
        except keystone_exceptions.ConnectionError as error:
            explained = unreachable(error, self.storage_url, option, self._given)
            raise ServiceError(explained, error, server) from error
        except keystone_exceptions.HttpError as error:
            explained = MigrationError(
                f"{url} answers {error.http_status}",
                option=option,
                remedy="What the object store can do is not known without it: try again later",
            )
            failure = ServiceError(explained, error, server)
            if failure.retryable:
                raise failure from error
            return None
        except RedirectError:  # as of a proxy that sends whom it does not know to its first page
            return None
        except (ValueError, RecursionError):
            return None
