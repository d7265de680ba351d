# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Whether CUBE and pfcon answer, and stay up."""

from __future__ import annotations

import socket
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube import health
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.health import (
    confirm_up,
    incarnations,
    wait_until_healthy,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError

from tests.unit.plugins.module_utils.fakes.deployed import Deployed


def test_a_url_that_never_answers_is_named_with_its_last_answer() -> None:
    times = iter([0.0, 1.0, 9.0])
    slept: list[float] = []
    with pytest.raises(MigrationError) as caught:
        wait_until_healthy(
            "http://127.0.0.1:1/", 5, clock=lambda: next(times), sleep=slept.append, remedy="Look"
        )
    assert str(caught.value).startswith(
        "cube_storage_health_url: http://127.0.0.1:1/ is not healthy after 5 seconds: "
    )
    assert str(caught.value).endswith("refused. Look.")
    assert slept == [1]


@pytest.mark.parametrize(("seconds", "answer"), [(30, ""), (0.05, "timed out")])
def test_one_answer_may_take_longer_than_the_url_is_asked_again(
    seconds: float, answer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "PATIENCE", seconds)
    with socket.create_server(("127.0.0.1", 0)) as server, ThreadPoolExecutor(1) as pool:
        url = f"http://127.0.0.1:{server.getsockname()[1]}/"
        waiting = pool.submit(wait_until_healthy, url, 0)
        connection, _address = server.accept()
        with connection:
            time.sleep(0.5)
            connection.sendall(b"HTTP/1.0 200 OK\r\n\r\n")
        found = waiting.exception()
    assert answer in str(found) if answer else found is None


def test_a_service_that_is_still_the_same_is_up(deployed: Deployed) -> None:
    deployed.ids = [["1", "2"], ["1", "2"]]
    confirm_up(deployed, incarnations(deployed))


@pytest.mark.parametrize(
    "ids", [[["1"], ["2"]], [["1"], []], [[], ["2"]], [[], []], [["1", "2"], ["1"]]]
)
def test_a_service_that_ended_or_started_again_is_named(
    deployed: Deployed, ids: list[list[str]]
) -> None:
    deployed.ids = [*ids]
    with pytest.raises(MigrationError, match="these services do not stay up: chris"):
        confirm_up(deployed, incarnations(deployed))
