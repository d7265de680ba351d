# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Which proxy leads to a server."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport import proxy
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.curl_handle import (
    Tls,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.http_client import (
    Http,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.http_messages import (
    Request,
    TransportError,
)

from tests.unit.plugins.module_utils.fakes.object_server import Answer, ObjectServer

PROXY = "http://proxy.invalid:3128"


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in list(os.environ):
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    forget()
    yield
    forget()


@pytest.fixture
def server() -> Iterator[ObjectServer]:
    with ObjectServer().running() as server:
        yield server


def forget() -> None:
    proxy.proxy_for.cache_clear()
    proxy.has_proxies.cache_clear()


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"])
def test_each_variable_counts_for_the_bytes_too(
    server: ObjectServer, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.script = lambda _asked: Answer(200, body=b"by the proxy")
    monkeypatch.setenv(name, server.url)
    answer = Http(Tls()).send(Request("GET", "http://store.invalid:8080/v1/a"))
    assert answer.body == b"by the proxy"
    assert server.asked[0].path == "http://store.invalid:8080/v1/a"


@pytest.mark.parametrize("name", ["NO_PROXY", "no_proxy"])
@pytest.mark.parametrize("exempt", ["127.0.0.1", "127.0.0.0/8", "*"])
def test_a_server_that_needs_none_is_asked_itself(
    server: ObjectServer, name: str, exempt: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.script = lambda _asked: Answer(200, body=b"itself")
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.invalid:3128")
    monkeypatch.setenv(name, exempt)
    assert Http(Tls()).send(Request("GET", f"{server.url}/v1/a")).body == b"itself"


@pytest.mark.parametrize(
    ("exempt", "asked"),
    [
        ("::1", ""),
        ("[::1]", ""),
        ("[::1]:8080", ""),
        ("::1/128", ""),
        ("localhost, ::/64", ""),
        ("[::1]:80", PROXY),
        ("::2", PROXY),
        ("fd00::/8", PROXY),
        ("10.0.0.0/8", PROXY),
    ],
)
def test_addresses_of_ipv6_need_none_however_they_are_written(
    exempt: str, asked: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", PROXY)
    monkeypatch.setenv("NO_PROXY", exempt)
    assert proxy.proxy_for("http://[::1]:8080") == asked


def test_without_one_there_is_none() -> None:
    assert not proxy.has_proxies()
    assert proxy.proxy_for("https://store:443") == ""
    assert proxy.through("https://store:443") == ""


@pytest.mark.security
def test_an_error_names_the_proxy_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://user:sesame@127.0.0.1:1/")
    with pytest.raises(TransportError) as caught:
        Http(Tls()).send(Request("GET", "http://store.invalid:8080/v1/a"))
    assert str(caught.value).startswith(
        "GET http://store.invalid:8080/v1/a through the proxy 127.0.0.1:1, which the environment "
        "names failed: "
    )
    assert "sesame" not in str(caught.value)
