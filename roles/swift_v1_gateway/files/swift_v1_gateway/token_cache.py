# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Tokens that are used again, in memory only."""

from __future__ import annotations

import hashlib
import hmac
import math
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field

from swift_v1_gateway.login_error import LoginError

PROVED = 86400.0
"""Seconds for which a secret that was right is let past the limits of those who guess."""


@dataclass(frozen=True)
class Login:
    """What Keystone answered.

    :param storage_url: the account's URL, as the catalog names it.
    :param begun: when the token's life began, in seconds of :func:`time.monotonic`.
    :param life: seconds that the token is valid from then on.
    """

    token: str = field(repr=False)
    storage_url: str
    begun: float
    life: float

    @property
    def ends(self) -> float:
        """When it ends, in seconds of the same clock."""
        return self.begun + self.life

    @property
    def lasts_until(self) -> float:
        """Until when it is valid for a while yet."""
        return self.ends - min(60.0, self.life / 10)


LogIn = Callable[[str, str], Login]


class TokenCache:
    """Logs in when no token is known that will be valid for a while yet.

    Requests with the same name and secret at the same time share one login.  A token is found by a
    digest of name and secret, under a key of this process: neither of them is kept.

    :param log_in: raises :class:`LoginError`.
    :param reuse: seconds for which a token is used again at most.  One that Keystone has revoked
        is given out no longer than that.
    :param size: how many tokens to remember.
    """

    def __init__(
        self,
        log_in: LogIn,
        *,
        reuse: float,
        size: int = 1000,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._log_in = log_in
        self._reuse = reuse
        self._size = size
        self._clock = clock
        self._key = secrets.token_bytes(32)
        self._known: OrderedDict[bytes, Login] = OrderedDict()
        self._proved: OrderedDict[bytes, float] = OrderedDict()
        self._under_way: dict[bytes, Future[Login]] = {}
        self._lock = threading.Lock()

    def find(self, name: str, secret: str) -> Login | None:
        """Return a login that needs no renewal yet, if one is known."""
        with self._lock:
            return self._find(self._digest(name, secret))

    def is_proved(self, name: str, secret: str) -> bool:
        """Whether this secret was right within the last day, and not wrong since."""
        digest = self._digest(name, secret)
        with self._lock:
            return self._clock() < self._proved.get(digest, -math.inf) + PROVED

    def get(self, name: str, secret: str) -> Login:
        """Return a login; a known one, or a new one.

        :raises LoginError: as ``log_in`` does.  While Keystone is out of reach, a token that was
            due to be renewed is returned as long as it is valid.
        """
        digest = self._digest(name, secret)
        with self._lock:
            if known := self._find(digest):
                return known
            under_way = self._under_way.get(digest)
            old = self._known.get(digest)
            if under_way is not None and old is not None and self._clock() < old.lasts_until:
                return old  # Keystone may be slow
            if under_way is None:
                mine = self._under_way[digest] = Future[Login]()
        if under_way is not None:
            return under_way.result()
        try:
            login = self._renew(digest, name, secret)
        except BaseException as error:
            self._finish(digest).set_exception(error)
            raise
        self._finish(digest)
        mine.set_result(login)
        return login

    def join(self, name: str, secret: str) -> Login | None:
        """Wait for a login with the same name and secret; None if none is under way.

        :raises LoginError: as ``log_in`` does.
        """
        with self._lock:
            under_way = self._under_way.get(self._digest(name, secret))
        return under_way.result() if under_way is not None else None

    def _digest(self, name: str, secret: str) -> bytes:
        # A length first, so that no other name and secret give the same text.
        text = f"{len(name)}:{name}{secret}".encode()
        return hmac.new(self._key, text, hashlib.sha256).digest()

    def _find(self, digest: bytes) -> Login | None:
        login = self._known.get(digest)
        if login is None:
            return None
        if self._clock() >= min(login.begun + self._reuse, login.lasts_until):
            return None
        self._known.move_to_end(digest)
        return login

    def _renew(self, digest: bytes, name: str, secret: str) -> Login:
        try:
            login = self._log_in(name, secret)
        except LoginError as error:
            with self._lock:
                old = self._known.get(digest)
                if error.status == 503 and old is not None and self._clock() < old.ends - 1:
                    return old
                self._known.pop(digest, None)
                if error.status == 401:
                    self._proved.pop(digest, None)
            raise
        with self._lock:
            self._known[digest] = login
            self._known.move_to_end(digest)
            self._proved[digest] = self._clock()
            self._proved.move_to_end(digest)
            for kept in (self._known, self._proved):
                if len(kept) > self._size:
                    kept.popitem(last=False)
        return login

    def _finish(self, digest: bytes) -> Future[Login]:
        with self._lock:
            return self._under_way.pop(digest)
