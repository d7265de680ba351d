# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Tokens that are used again: which, for how long, and by whom."""

from __future__ import annotations

import gc
import threading
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from swift_v1_gateway import token_cache
from swift_v1_gateway.login_error import LoginError
from swift_v1_gateway.token_cache import PROVED, Login, TokenCache

NAME, SECRET = "21dced0fd20347869b93710d2b98aae0", "s3cret-of-the-credential"


class Keystone:
    """Knows one credential, counts the logins, and fails as it is told."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.life = 3600.0
        self.logins = 0
        self.asked: list[tuple[str, str]] = []
        self.failure: LoginError | None = None
        self.open = threading.Event()
        self.open.set()

    def clock(self) -> float:
        return self.now

    def fail(self, failure: LoginError | None) -> None:
        self.failure = failure

    def log_in(self, name: str, secret: str) -> Login:
        self.logins += 1
        number = self.logins
        self.asked.append((name, secret))
        assert self.open.wait(10)
        if self.failure:
            raise self.failure
        if not secret.startswith(SECRET):
            raise LoginError(401, "wrong")
        return Login(f"token-{number}", "https://swift/v1/AUTH_a", self.now, self.life)


class Shared(Future[Login]):
    """Tells when so many requests wait for the login of another."""

    waiting: threading.Semaphore

    def result(self, timeout: float | None = None) -> Login:
        self.waiting.release()
        return super().result(timeout)


@pytest.fixture
def waiting(monkeypatch: pytest.MonkeyPatch) -> threading.Semaphore:
    """Counts the requests that wait for the login of another."""
    count = threading.Semaphore(0)
    monkeypatch.setattr(Shared, "waiting", count, raising=False)
    monkeypatch.setattr(token_cache, "Future", Shared)
    return count


@pytest.fixture
def keystone() -> Keystone:
    return Keystone()


@pytest.fixture
def cache(keystone: Keystone) -> TokenCache:
    return TokenCache(keystone.log_in, reuse=1e9, clock=keystone.clock)


def test_a_token_is_used_again(cache: TokenCache, keystone: Keystone) -> None:
    tokens = {cache.get(NAME, SECRET).token for _time in range(100)}
    assert (tokens, keystone.logins) == ({"token-1"}, 1)


@pytest.mark.parametrize(("life", "spare"), [(3600.0, 60.0), (100.0, 10.0), (3.0, 0.3)])
def test_a_token_is_used_until_shortly_before_its_end(
    cache: TokenCache, keystone: Keystone, life: float, spare: float
) -> None:
    keystone.life = life
    cache.get(NAME, SECRET)
    keystone.now += life - spare - 0.01
    assert cache.get(NAME, SECRET).token == "token-1"
    keystone.now += 0.02
    assert cache.find(NAME, SECRET) is None
    assert cache.get(NAME, SECRET).token == "token-2"


def test_keystone_gets_the_name_and_the_secret(cache: TokenCache, keystone: Keystone) -> None:
    cache.get(NAME, SECRET)
    assert keystone.asked == [(NAME, SECRET)]


def test_at_the_moment_of_its_renewal_a_token_is_used_no_more(
    cache: TokenCache, keystone: Keystone
) -> None:
    keystone.life = 100.0
    cache.get(NAME, SECRET)
    keystone.now += 90
    assert cache.find(NAME, SECRET) is None


def test_a_token_is_not_used_longer_than_it_may_be(keystone: Keystone) -> None:
    cache = TokenCache(keystone.log_in, reuse=300, clock=keystone.clock)
    cache.get(NAME, SECRET)
    keystone.now += 299
    assert cache.get(NAME, SECRET).token == "token-1"
    keystone.now += 2
    assert cache.get(NAME, SECRET).token == "token-2"


def test_a_wrong_secret_never_gets_a_token(cache: TokenCache, keystone: Keystone) -> None:
    cache.get(NAME, SECRET)
    for wrong in ("", SECRET[:-1], "x" + SECRET, SECRET.upper()):
        assert cache.find(NAME, wrong) is None
        with pytest.raises(LoginError, match="wrong"):
            cache.get(NAME, wrong)
    assert cache.get(NAME, SECRET).token == "token-1"


def test_what_is_the_end_of_a_name_is_not_the_beginning_of_a_secret(
    cache: TokenCache, keystone: Keystone
) -> None:
    cache.get("1:a", SECRET + "b")
    assert cache.find("1:a" + SECRET[0], SECRET[1:] + "b") is None
    assert cache.find("1:", "a" + SECRET + "b") is None


def test_a_rejection_is_asked_for_each_time(cache: TokenCache, keystone: Keystone) -> None:
    for _time in range(3):
        with pytest.raises(LoginError):
            cache.get(NAME, "wrong")
    assert keystone.logins == 3


def test_equal_requests_at_the_same_time_share_one_login(
    cache: TokenCache, keystone: Keystone, waiting: threading.Semaphore
) -> None:
    keystone.open.clear()
    with ThreadPoolExecutor(20) as pool:
        asked = [pool.submit(cache.get, NAME, SECRET) for _time in range(20)]
        assert all(waiting.acquire(timeout=10) for _time in range(19))
        keystone.open.set()
        tokens = {request.result(10).token for request in asked}
    assert (tokens, keystone.logins) == ({"token-1"}, 1)


def test_different_requests_do_not_wait_for_each_other(
    cache: TokenCache, keystone: Keystone
) -> None:
    cache.get(NAME, SECRET)
    keystone.open.clear()
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(cache.get, NAME, SECRET + "2")
        assert cache.get(NAME, SECRET).token == "token-1"
        assert not slow.done()
        keystone.open.set()
        assert slow.result(10).token == "token-2"


def test_a_failed_login_fails_for_all_that_wait_and_not_for_who_comes_later(
    cache: TokenCache, keystone: Keystone, waiting: threading.Semaphore
) -> None:
    keystone.open.clear()
    keystone.fail(LoginError(503, "down"))
    with ThreadPoolExecutor(5) as pool:
        asked = [pool.submit(cache.get, NAME, SECRET) for _time in range(5)]
        assert all(waiting.acquire(timeout=10) for _time in range(4))
        keystone.open.set()
        assert {str(request.exception(10)) for request in asked} == {"down"}
    assert keystone.logins == 1
    keystone.fail(None)
    assert cache.get(NAME, SECRET).storage_url == "https://swift/v1/AUTH_a"


def test_an_unforeseen_failure_blocks_nobody(cache: TokenCache, keystone: Keystone) -> None:
    keystone.life = "not a number"  # type: ignore[assignment]
    with pytest.raises(TypeError):
        cache.get(NAME, SECRET) and cache.get(NAME, SECRET)
    assert cache._under_way == {}


def test_while_keystone_is_down_a_token_is_used_to_its_end(
    cache: TokenCache, keystone: Keystone
) -> None:
    cache.get(NAME, SECRET)
    keystone.fail(LoginError(503, "down"))
    keystone.now += 3598
    assert cache.get(NAME, SECRET).token == "token-1"
    assert keystone.logins == 2
    keystone.now += 1.5
    with pytest.raises(LoginError, match="down"):
        cache.get(NAME, SECRET)


def test_a_credential_that_keystone_no_longer_takes_is_forgotten(
    cache: TokenCache, keystone: Keystone
) -> None:
    cache.get(NAME, SECRET)
    keystone.now += 3550
    keystone.fail(LoginError(401, "deleted"))
    with pytest.raises(LoginError, match="deleted"):
        cache.get(NAME, SECRET)
    keystone.fail(LoginError(503, "down"))
    with pytest.raises(LoginError, match="down"):
        cache.get(NAME, SECRET)


def test_only_so_many_tokens_are_kept_and_those_used_last(keystone: Keystone) -> None:
    cache = TokenCache(keystone.log_in, reuse=1e9, size=2, clock=keystone.clock)
    for name in "ab":
        cache.get(name, SECRET)
    cache.get("a", SECRET)
    cache.get("c", SECRET)
    known = [name for name in "abc" if cache.find(name, SECRET)]
    assert known == ["a", "c"]


def test_neither_name_nor_secret_is_kept(cache: TokenCache) -> None:
    name, secret = "".join(["na", "me"]) * 4, SECRET + "".join(["-ke", "pt"])
    cache.get(name, secret)
    del name, secret
    gc.collect()
    held = repr([(key, vars(value)) for key, value in cache._known.items()])
    assert "token-1" in held
    assert SECRET not in held
    assert "namename" not in held
    assert "token-1" not in repr(list(cache._known.values()))


@pytest.mark.parametrize(("age", "waits"), [(301, False), (3539, False), (3541, True)])
def test_who_comes_during_a_renewal_gets_the_old_token_while_it_lasts(
    keystone: Keystone, waiting: threading.Semaphore, age: float, waits: bool
) -> None:
    cache = TokenCache(keystone.log_in, reuse=300, clock=keystone.clock)
    cache.get(NAME, SECRET)
    keystone.now += age
    keystone.open.clear()
    with ThreadPoolExecutor(2) as pool:
        renewal = pool.submit(cache.get, NAME, SECRET)
        while len(keystone.asked) < 2:
            assert not renewal.done()
        other = pool.submit(cache.get, NAME, SECRET)
        assert waiting.acquire(timeout=10) if waits else other.result(10).token == "token-1"
        keystone.open.set()
        assert renewal.result(10).token == "token-2"
        assert other.result(10).token == ("token-2" if waits else "token-1")


def test_a_secret_that_was_right_is_known_for_a_day(cache: TokenCache, keystone: Keystone) -> None:
    assert not cache.is_proved(NAME, SECRET)
    cache.get(NAME, SECRET)
    assert cache.is_proved(NAME, SECRET)
    assert not cache.is_proved(NAME, SECRET + "2")
    assert not cache.is_proved("other", SECRET)
    keystone.now += PROVED - 1
    assert cache.is_proved(NAME, SECRET)
    keystone.now += 1
    assert not cache.is_proved(NAME, SECRET)


@pytest.mark.parametrize(("status", "is_proved"), [(401, False), (503, True), (429, True)])
def test_a_secret_counts_as_right_until_it_is_wrong(
    cache: TokenCache, keystone: Keystone, status: int, *, is_proved: bool
) -> None:
    cache.get(NAME, SECRET)
    cache.get("other", SECRET)
    keystone.now += 3599.5
    keystone.fail(LoginError(status, "no"))
    with pytest.raises(LoginError, match="no"):
        cache.get(NAME, SECRET)
    assert cache.is_proved(NAME, SECRET) is is_proved
    assert cache.is_proved("other", SECRET)


def test_only_so_many_secrets_are_known_to_be_right(keystone: Keystone) -> None:
    cache = TokenCache(keystone.log_in, reuse=0, size=2, clock=keystone.clock)
    for name in "abac":
        cache.get(name, SECRET)
    assert [name for name in "abc" if cache.is_proved(name, SECRET)] == ["a", "c"]


def test_who_joins_gets_the_login_that_is_under_way(
    cache: TokenCache, keystone: Keystone, waiting: threading.Semaphore
) -> None:
    assert cache.join(NAME, SECRET) is None
    keystone.open.clear()
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(cache.get, NAME, SECRET)
        while not keystone.asked:
            assert not first.done()
        assert cache.join(NAME, SECRET + "2") is None
        assert cache.join("other", SECRET) is None
        second = pool.submit(cache.join, NAME, SECRET)
        assert waiting.acquire(timeout=10)
        keystone.open.set()
        assert second.result(10) is first.result(10)
    assert cache.join(NAME, SECRET) is None
    assert keystone.logins == 1
