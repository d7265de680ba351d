# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The v1 gateway between a client that speaks v1 auth only and the real Keystone and Swift."""

from __future__ import annotations

import dataclasses
import io
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from swiftclient.client import Connection
from swiftclient.exceptions import ClientException

from tests.cube.deployment import PACKAGES
from tests.dataset.client import Client
from tests.integration.faulty import is_login
from tests.integration.gateway import Gateway
from tests.servers import Lab
from tests.servers.fault_proxy import FaultProxy
from tests.servers.faults import Delay, Status

Start = Callable[..., Gateway]
WRONG = "wr0ng-secret"
# Uses a storage as CUBE does, for a number of seconds, and prints how often.
DJANGO = """\
import sys, time
import pylibmagic  # brings the library that django-storage-swift loads
from django.conf import settings

url, user, key, container, seconds = sys.argv[1:]
settings.configure(
    SWIFT_AUTH_URL=url, SWIFT_USERNAME=user, SWIFT_KEY=key, SWIFT_CONTAINER_NAME=container
)
from django.core.files.base import ContentFile
from swift.storage import SwiftStorage

storage = SwiftStorage()
rounds, end = 0, time.monotonic() + float(seconds)
while time.monotonic() < end:
    data = b"content %d" % rounds
    name = storage.save(f"folder/{rounds}.txt", ContentFile(data))
    assert storage.open(name).read() == data
    assert (storage.exists(name), storage.size(name)) == (True, len(data))
    assert storage.listdir("folder") == ([], [f"{rounds}.txt"])
    storage.delete(name)
    assert not storage.exists(name)
    rounds += 1
print(rounds)
"""


@pytest.fixture
def keystone(lab: Lab) -> Iterator[FaultProxy]:
    """What the gateway takes for Keystone: it counts the logins, and fails as it is told."""
    with FaultProxy(lab.description["ports"]["keystone"]) as proxy:
        yield proxy


@pytest.fixture
def start(lab: Lab, keystone: FaultProxy, tmp_path: Path) -> Iterator[Start]:
    """Start a gateway with further options; at the end, look at what it has left."""
    with ExitStack() as running:

        def begin(*options: str) -> Gateway:
            region = ("--region-name", lab.description["region"])
            url = ("--keystone-url", f"{keystone.url}/v3")
            gateway = Gateway(tmp_path / "home", *url, *region, *options)
            running.callback(left_nothing, gateway, lab)
            return running.enter_context(gateway)

        yield begin


@pytest.fixture
def credential(lab: Lab) -> tuple[str, str]:
    """An application credential: ID and secret."""
    return named(lab, "migrate")


def named(lab: Lab, name: str) -> tuple[str, str]:
    known = lab.description["app_credentials"][name]
    return known["id"], known["secret"]


def left_nothing(gateway: Gateway, lab: Lab) -> None:
    """Require that a gateway ended when asked to, and that no secret and no file is left of it."""
    assert gateway.status == 0, gateway.log
    assert "Traceback" not in gateway.log
    secrets = [known["secret"] for known in lab.description["app_credentials"].values()]
    assert [secret for secret in (*secrets, WRONG, "gAAAA") if secret in gateway.log] == []
    assert list(gateway.home.iterdir()) == []


def connection(
    gateway: Gateway, credential: tuple[str, str], path: str = "/auth/v1.0"
) -> Connection:
    """The way CUBE makes one."""
    user, key = credential
    return Connection(user=user, key=key, authurl=gateway.url + path)


@contextmanager
def short_tokens(lab: Lab) -> Iterator[None]:
    """Let Keystone's tokens end after three seconds."""
    usual = lab.settings
    lab.restart("keystone", settings=dataclasses.replace(usual, token_seconds=3))
    try:
        yield
    finally:
        lab.restart("keystone", settings=usual)


def use(client: Connection, container: str, number: int) -> None:
    """List, write, read, copy and delete, and require that it has happened."""
    name, data = f"data/{number}", f"content {number}".encode()
    # What can be read again swiftclient sends again, when the token has ended meanwhile.
    client.put_object(container, name, io.BytesIO(data))
    assert client.get_object(container, name)[1] == data
    client.copy_object(container, name, f"/{container}/{name}-copy")
    assert client.get_object(container, f"{name}-copy")[1] == data
    listed = [row["name"] for row in client.get_container(container, prefix=name)[1]]
    assert listed == [name, f"{name}-copy"]
    for left in listed:
        client.delete_object(container, left)
    assert client.get_container(container, prefix=name)[1] == []


@pytest.mark.parametrize("path", ["/auth/v1.0", "/auth/v1", "/v1.0"])
def test_a_v1_client_works_as_with_a_v1_server(
    lab: Lab, start: Start, credential: tuple[str, str], container: str, path: str
) -> None:
    client = connection(start(), credential, path)
    assert client.get_auth()[0] == lab.description["storage_url"]
    client.put_container(container)
    use(client, container, 1)
    client.delete_container(container)


@pytest.mark.own_lab
def test_it_works_on_across_the_ends_of_many_tokens(
    lab: Lab,
    start: Start,
    keystone: FaultProxy,
    credential: tuple[str, str],
    container: str,
) -> None:
    rounds = 0
    with short_tokens(lab):
        client = connection(start(), credential)
        client.put_container(container)
        end = time.monotonic() + 15
        while time.monotonic() < end:
            use(client, container, rounds)
            rounds += 1
    assert rounds >= 5
    assert 4 <= keystone.count(is_login) <= 12


@pytest.mark.own_lab
def test_django_storage_swift_works_on_across_the_ends_of_many_tokens(
    lab: Lab,
    start: Start,
    keystone: FaultProxy,
    credential: tuple[str, str],
    container: str,
    destination_client: Client,
) -> None:
    PACKAGES.ensure()
    destination_client.put_container(container)
    gateway = start()
    with short_tokens(lab):
        done = subprocess.run(
            [PACKAGES.python, "-c", DJANGO, gateway.auth_url, *credential, container, "15"],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) >= 5
    assert 4 <= keystone.count(is_login) <= 12


def test_a_hundred_clients_cost_one_login(
    start: Start, keystone: FaultProxy, credential: tuple[str, str]
) -> None:
    gateway = start("--requests-per-second=1000")
    answers = [gateway.log_in(*credential) for _time in range(100)]
    assert {answer.status for answer in answers} == {200}
    assert len({answer.headers["x-auth-token"] for answer in answers}) == 1
    assert keystone.count(is_login) == 1


def test_clients_that_come_together_wait_for_one_login(
    start: Start, keystone: FaultProxy, credential: tuple[str, str]
) -> None:
    gateway = start()
    keystone.inject(Delay(seconds=1), is_login, times=None)
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _time: gateway.log_in(*credential), range(20)))
    assert {answer.status for answer in answers} == {200}
    assert keystone.count(is_login) == 1


def test_the_answer_tells_how_long_the_token_is_valid(
    start: Start, credential: tuple[str, str]
) -> None:
    headers = start().log_in(*credential).headers
    assert headers["x-auth-token"] == headers["x-storage-token"]
    assert 3500 < int(headers["x-auth-token-expires"]) <= 3600


def test_a_wrong_secret_gets_nothing_also_when_a_token_is_known(
    start: Start, credential: tuple[str, str]
) -> None:
    gateway = start()
    assert gateway.log_in(*credential).status == 200
    refused = gateway.log_in(credential[0], WRONG)
    assert refused.status == 401
    assert "x-auth-token" not in refused.headers
    with pytest.raises(ClientException) as caught:
        connection(gateway, (credential[0], WRONG)).get_account()
    assert caught.value.http_status == 401
    assert gateway.log_in(*credential).status == 200


@pytest.mark.parametrize("name", ["0" * 32, "chris:chris1234", "x"])
def test_an_unknown_credential_is_rejected(start: Start, name: str) -> None:
    assert start().log_in(name, WRONG).status == 401


def test_an_expired_credential_is_rejected(lab: Lab, start: Start) -> None:
    assert start().log_in(*named(lab, "expired")).status == 401


def test_while_keystone_is_down_clients_are_told_to_come_back_and_then_go_on(
    start: Start, keystone: FaultProxy, credential: tuple[str, str]
) -> None:
    gateway = start()
    down = keystone.inject(Status(503), is_login, times=2)
    answer = gateway.log_in(*credential)
    assert (answer.status, answer.headers["retry-after"]) == (503, "5")
    assert gateway.is_healthy()
    headers, _containers = connection(gateway, credential).get_account()
    assert "x-account-container-count" in headers
    assert down.injected == 2


def test_a_keystone_that_cannot_be_reached_is_told(
    lab: Lab, credential: tuple[str, str], tmp_path: Path
) -> None:
    with Gateway(tmp_path / "home", "--keystone-url", "http://127.0.0.1:1/v3") as gateway:
        answer = gateway.log_in(*credential)
    assert (answer.status, answer.headers["retry-after"]) == (503, "5")
    assert "cannot reach http://127.0.0.1:1/v3" in gateway.log


def test_a_keystone_that_does_not_answer_is_not_waited_for(
    start: Start, keystone: FaultProxy, credential: tuple[str, str]
) -> None:
    gateway = start("--keystone-timeout=1")
    keystone.inject(Delay(seconds=20), is_login)
    begun = time.monotonic()
    assert gateway.log_in(*credential).status == 503
    assert time.monotonic() - begun < 10


def test_a_restart_of_the_gateway_is_not_noticed(
    start: Start, credential: tuple[str, str], container: str
) -> None:
    gateway = start()
    client = connection(gateway, credential)
    client.put_container(container)
    gateway.process.kill()
    gateway.process.wait()
    client.put_object(container, "without", b"the gateway")
    with gateway:
        use(client, container, 1)
        use(connection(gateway, credential), container, 2)


def test_a_client_that_asks_too_often_is_told_to_wait(
    start: Start, credential: tuple[str, str]
) -> None:
    gateway = start("--requests-per-second=2")
    answers = [gateway.log_in(*credential) for _time in range(10)]
    told = [answer for answer in answers if answer.status == 429]
    assert len(told) >= 4
    assert {answer.headers["retry-after"] for answer in told} == {"1"}
    client = connection(gateway, credential)  # it tries again by itself
    assert "x-account-container-count" in client.get_account()[0]


def test_guesses_are_limited(
    start: Start, keystone: FaultProxy, credential: tuple[str, str]
) -> None:
    gateway = start("--failed-logins-per-minute=3")
    told = [gateway.log_in(credential[0], f"{WRONG} {number}").status for number in range(6)]
    assert told == [401] * 3 + [429] * 3
    assert keystone.count(is_login) == 3


def test_large_requests_are_refused(start: Start, credential: tuple[str, str]) -> None:
    gateway = start()
    assert gateway.log_in(credential[0], "x" * 20_000).status == 431
    body = {"Content_Length": "1000000000"}
    assert gateway.get(**body).status == 413
    assert gateway.log_in(*credential).status == 200


def test_over_tls_with_its_authority(lab: Lab, credential: tuple[str, str], tmp_path: Path) -> None:
    login, ca = lab.description["destination"], lab.description["ca_cert"]
    options = ("--keystone-url", login["tls_auth_url"], "--region-name", login["tls_region_name"])
    with Gateway(tmp_path / "trusting", *options, "--ca-file", ca) as gateway:
        answer = gateway.log_in(*credential)
    assert answer.headers["x-storage-url"] == login["tls_storage_url"]
    with Gateway(tmp_path / "distrusting", *options) as gateway:
        assert gateway.log_in(*credential).status == 502
    assert "--ca-file" in gateway.log


def test_several_regions_to_choose_from_are_told(
    lab: Lab, credential: tuple[str, str], tmp_path: Path
) -> None:
    url = lab.description["auth_url"]
    with Gateway(tmp_path / "home", "--keystone-url", url) as gateway:
        assert gateway.log_in(*credential).status == 502
    assert "--region-name is needed, there are object stores in" in gateway.log
    assert "RegionOne (public)" in gateway.log


def test_an_address_that_is_taken_is_told_in_one_line(start: Start, lab: Lab) -> None:
    gateway = start()
    begun = len(gateway.log)
    second = gateway.start()
    assert second.wait(30) == 2
    [line] = gateway.log[begun:].splitlines()
    assert f"--listen: 127.0.0.1:{gateway.port}: Address already in use. Give an address" in line
