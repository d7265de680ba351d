# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""An old Swift at an address of IPv6, with a proxy in the environment that must not be asked."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from subprocess import CompletedProcess
from urllib.parse import urlsplit

import pytest

from tests.integration.conftest import SECONDS, Options, RunModule, environment, run
from tests.integration.module_server import ModuleServer
from tests.integration.pair import Pair, counts, fill
from tests.servers import Lab
from tests.servers.tls_forwarder import pump

PROXY = "http://127.0.0.1:1"


@pytest.fixture
def port(lab: Lab) -> Iterator[int]:
    """The port of ``[::1]`` where the old Swift answers, too."""
    target = urlsplit(lab.description["source"]["auth_url"]).port

    def serve(client: socket.socket) -> None:
        with client, socket.create_connection(("127.0.0.1", target)) as server:
            back = threading.Thread(target=pump, args=(server, client), kwargs={"answers": False})
            back.start()
            pump(client, server, answers=False)
            back.join()

    def accept(listener: socket.socket) -> None:
        while True:
            try:
                client, _peer = listener.accept()
            except OSError:  # closed
                return
            threading.Thread(target=serve, args=(client,), daemon=True).start()

    with socket.create_server(("::1", 0), family=socket.AF_INET6) as listener:
        threading.Thread(target=accept, args=(listener,), daemon=True).start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def run_behind_proxy(module_server: ModuleServer, tmp_path: Path) -> RunModule:
    """Run a module in an environment that names a proxy which nobody answers."""

    def start(exempt: str, name: str, arguments: str) -> CompletedProcess[str]:
        variables = {"HTTP_PROXY": PROXY, "NO_PROXY": exempt}
        there = environment(tmp_path) | variables
        return module_server.run(name, arguments, there, tmp_path, SECONDS)

    def behind(exempt: str, name: str, params: Options) -> dict[str, object]:
        return run(partial(start, exempt), tmp_path, name, params)

    return behind


@pytest.mark.parametrize("exempt", ["[::1],127.0.0.1", "::1/128, 127.0.0.0/8"])
def test_login_and_bytes_go_to_it_without_the_proxy(
    pair: Pair,
    source: Options,
    destination: Options,
    port: int,
    exempt: str,
    run_behind_proxy: RunModule,
    tmp_path: Path,
) -> None:
    fill(pair, 3)
    at = f"http://[::1]:{port}"
    login = {**source, "auth": {**source["auth"], "auth_url": f"{at}/auth/v1.0"}}
    found = run_behind_proxy(exempt, "swift_auth", login)
    assert str(found["storage_url"]).startswith(f"{at}/v1/AUTH_")
    sides = {
        "source": {**login, "container": pair.name},
        "destination": {**destination, "container": pair.name},
    }
    copied = run_behind_proxy(exempt, "swift_sync", sides | {"state_dir": str(tmp_path / "state")})
    assert counts(copied) == {"copied": 3}
    assert pair.differences() == []


def test_an_error_names_the_address_with_its_brackets(
    source: Options, run_behind_proxy: RunModule
) -> None:
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as listener:
        closed = listener.getsockname()[1]
    url = f"http://[::1]:{closed}/auth/v1.0"
    login = {**source, "auth": {**source["auth"], "auth_url": url}}
    refused = run_behind_proxy("[::1]", "swift_auth", login)
    assert refused["failed"]
    assert f"[::1]:{closed}" in str(refused["msg"])
    assert "proxy" not in str(refused["msg"])
