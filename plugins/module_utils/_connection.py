# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A login to one cloud, shared by all that talk to it."""

from __future__ import annotations

import threading
import time
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from ansible_collections.fnndsc.swift_migration.plugins.module_utils._capabilities import info_urls
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._connection_options import (
    ConnectionOptions,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._dependencies import (
    keystone_exceptions,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._endpoint import (
    find_storage_url,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._login_error import (
    explain,
    unreachable,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._session import (
    LoginSession,
    open_session,
)

if TYPE_CHECKING:
    from keystoneauth1.session import Session

__all__ = ["Connection", "ConnectionOptions"]

_PAUSES = (1.0, 2.0, 4.0, 8.0, 15.0)
"""Seconds to wait before a renewal is tried again."""

_UNCHANGED = 5.0
"""Seconds for which a token that a renewal gave back unchanged is not asked for again, or less: not in
its last second, as memcached, where TempAuth keeps it, may have dropped it by then."""


class _Token(NamedTuple):
    value: str
    renew_at: float  # by time.monotonic(), as is ends_at
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
    """

    def __init__(self, options: ConnectionOptions, *, session: Session | None = None) -> None:
        self._given = options
        self._opened = LoginSession(session, session.auth, options) if session else None
        self._lock = threading.RLock()
        self._current: _Token | None = None
        self._unchanged_until = 0.0
        self._storage_url: str | None = None
        self._capabilities: dict[str, Any] | None = None

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
        return self._log_in(rejected).value

    def capabilities(self) -> dict[str, Any]:
        """Give what the server's ``/info`` tells; empty if it has none."""
        if self._capabilities is None:
            self._capabilities = self._find_capabilities()
        return self._capabilities

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
        return self._log_in(token.value if token else None)

    def _log_in(self, rejected: str | None) -> _Token:
        with self._lock:
            token = self._current
            if token is not None:
                now = time.monotonic()
                if token.value != rejected and now < token.renew_at:
                    return token
                if now < self._unchanged_until:
                    return token
            new = self._ask_for_token(pauses=_PAUSES if token else ())
            if new.value == rejected:
                self._unchanged_until = min(time.monotonic() + _UNCHANGED, new.ends_at - 1)
            self._current = new
            return new

    def _ask_for_token(self, pauses: tuple[float, ...]) -> _Token:
        login = self._login
        for pause in (*pauses, None):
            asked = time.monotonic()
            try:
                login.auth.invalidate()
                access = login.auth.get_access(login.session)
                break
            except keystone_exceptions.ClientException as error:
                if pause is None or not _is_transient(error):
                    failure = explain(error, self._given, login.options)
                    failure.fatal = True
                    raise failure from error
                time.sleep(pause)
        renew_at = ends_at = float("inf")
        if access.expires is not None:
            # Both times are the server's, so a wrong clock here does not matter.
            life = (access.expires - access.issued).total_seconds()
            ends_at = asked + life
            renew_at = asked + max(1.0, life - min(60.0, life / 10))
        return _Token(
            access.auth_token,
            renew_at,
            ends_at,
            access.expires,
            access.project_id,
            getattr(access, "project_name", None),
        )

    def _find_capabilities(self) -> dict[str, Any]:
        for url in info_urls(self.storage_url):
            try:
                response = self._login.session.get(url, authenticated=False, raise_exc=False)
                found = response.json() if response.status_code == 200 else None
            except keystone_exceptions.ConnectionError as error:
                option = self._given.origin("auth_url")
                raise unreachable(error, self.storage_url, option, self._given) from error
            except ValueError:
                continue
            if isinstance(found, dict):
                return found
        return {}


def _is_transient(error: Exception) -> bool:
    if isinstance(error, keystone_exceptions.HttpError):
        return error.http_status >= 500 or error.http_status == 429
    return isinstance(error, keystone_exceptions.RetriableConnectionFailure)
