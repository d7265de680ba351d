# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The v1 auth protocol, as Swift's TempAuth speaks it.

https://docs.openstack.org/swift/latest/overview_auth.html
"""

from __future__ import annotations

import logging
import math
import re
import time
from collections.abc import Callable, Hashable, Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING, NamedTuple

from swift_v1_gateway.allowance import Allowance
from swift_v1_gateway.login_error import LoginError
from swift_v1_gateway.neighbourhood import neighbourhood
from swift_v1_gateway.places import Places
from swift_v1_gateway.token_cache import Login, TokenCache

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

AUTH_PATHS = ("/auth/v1.0", "/auth/v1", "/v1.0")
HEALTH_PATH = "/healthcheck"
LONGEST = 1024
"""Characters of a name or a secret; Keystone's own are 32 and 86."""

REMEMBERED = 64
"""Characters of a name by which failures are counted."""

WAITING = 16
"""Clients that wait for Keystone at the same time and have shown a right secret before; as many
that have not; and as many that wait for the login of one of these.  All others take no time."""

GUESSING = 8
"""Of those that have not, from one address."""

log = logging.getLogger("swift_v1_gateway")


class Answer(NamedTuple):
    """What goes back to the client; a body only if something is wrong."""

    status: int
    headers: dict[str, str] = {}  # noqa: RUF012
    body: str = ""


class Application:
    """A WSGI application.

    :param tokens: where logins come from.
    :param requests: how often each client address may ask.
    :param failures: how often its logins may be rejected.
    """

    def __init__(
        self,
        tokens: TokenCache,
        requests: Allowance,
        failures: Allowance,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._tokens = tokens
        self._requests = requests
        self._failures = failures
        self._clock = clock
        self._places = Places(WAITING, WAITING)
        self._joins = Places(WAITING, WAITING)
        self._guesses = Places(WAITING, GUESSING)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request, as WSGI asks for it."""
        answer = self._answer(environ)
        body = answer.body.encode()
        headers = {
            "Content-Type": "text/plain; charset=utf-8",
            "Content-Length": str(len(body)),
            "Cache-Control": "no-store",
            **answer.headers,
        }
        status = f"{answer.status} {HTTPStatus(answer.status).phrase}"
        start_response(status, list(headers.items()))
        return [body]

    def _answer(self, environ: WSGIEnvironment) -> Answer:
        path = environ.get("PATH_INFO", "").rstrip("/")
        if path not in (*AUTH_PATHS, HEALTH_PATH):
            return Answer(404, body=f"There is {AUTH_PATHS[0]} and {HEALTH_PATH} here.\n")
        if environ["REQUEST_METHOD"] != "GET":
            return Answer(405, {"Allow": "GET"})
        if path == HEALTH_PATH:
            return Answer(200, body="OK\n")
        client = neighbourhood(environ.get("REMOTE_ADDR", ""))
        name = environ.get("HTTP_X_AUTH_USER") or environ.get("HTTP_X_STORAGE_USER", "")
        secret = environ.get("HTTP_X_AUTH_KEY") or environ.get("HTTP_X_STORAGE_PASS", "")
        proved = self._tokens.is_proved(name, secret)
        # Whoever has shown a right secret shares no limit with neighbours who have not.
        if wait := self._requests.take((client, name) if proved else client):
            return _too_many(wait, "requests", client)
        try:
            login = self._tokens.find(name, secret)
            if login is None:
                return self._log_in(client, name, secret, proved=proved)
        except LoginError as error:
            return self._refused(error, client, name)
        return self._granted(login)

    def _log_in(self, client: str, name: str, secret: str, *, proved: bool) -> Answer:
        if not proved:
            with self._joins.take(client) as free:
                if free and (login := self._tokens.join(name, secret)):
                    return self._granted(login)
        places = self._places if proved else self._guesses
        with places.take(client) as free:
            if not free:
                return _busy(client)
            if proved:
                return self._granted(self._new(name, secret))
            return self._guess(client, name, secret)

    def _guess(self, client: str, name: str, secret: str) -> Answer:
        """Log in with a secret that nothing is known of: counted before Keystone is asked."""
        counted: list[Hashable] = []
        for counts in (client, (client, name[:REMEMBERED])):
            if wait := self._failures.take(counts):
                self._give_back(counted)
                return _too_many(wait, "failed logins", client)
            counted.append(counts)
        try:
            login = self._new(name, secret)
        except LoginError as error:
            if error.status != 401:
                self._give_back(counted)
            raise
        except BaseException:
            self._give_back(counted)
            raise
        self._give_back(counted)
        return self._granted(login)

    def _give_back(self, counted: list[Hashable]) -> None:
        for counts in counted:
            self._failures.give_back(counts)

    def _new(self, name: str, secret: str) -> Login:
        if not all(text.isascii() and 0 < len(text) <= LONGEST for text in (name, secret)):
            raise LoginError(401, "X-Auth-User and X-Auth-Key are no application credential")
        return self._tokens.get(name, secret)

    def _granted(self, login: Login) -> Answer:
        left = max(0, int(login.ends - self._clock()))
        headers = {
            "X-Storage-Url": login.storage_url,
            "X-Auth-Token": login.token,
            "X-Storage-Token": login.token,
            "X-Auth-Token-Expires": str(left),  # seconds from now on, as TempAuth has it
        }
        return Answer(200, headers)

    def _refused(self, error: LoginError, client: str, name: str) -> Answer:
        log.warning("%s for %s: %s", _shown(name), client, error.message)
        headers = {}
        if error.status == 401:
            headers["WWW-Authenticate"] = 'Swift realm="unknown"'
        if error.retry_after is not None:
            headers["Retry-After"] = str(error.retry_after)
        return Answer(error.status, headers, f"{error.message}.\n")


def _busy(client: str) -> Answer:
    log.warning("too many logins of %s wait for Keystone: told to come back", client)
    return Answer(503, {"Retry-After": "1"}, "Too many logins wait for Keystone.\n")


def _too_many(wait: float, what: str, client: str) -> Answer:
    seconds = math.ceil(wait)
    log.warning("too many %s of %s: told to wait %d s", what, client, seconds)
    return Answer(429, {"Retry-After": str(seconds)}, f"Too many {what}.\n")


def _shown(name: str) -> str:
    """Name a credential in the log, unless it may be a secret that got into the wrong place."""
    return f"credential {name}" if re.fullmatch("[0-9a-f]{32}", name) else "no credential's ID"
