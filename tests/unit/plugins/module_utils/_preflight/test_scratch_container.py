# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A container that is there for a minute, and what earlier ones have left."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._preflight import (
    scratch_container,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._preflight.scratch_container import (
    ABANDONED,
    MARK,
    ScratchContainer,
)

from tests.unit.plugins.module_utils.fakes.object_server import Answer, Asked, ObjectServer

pytestmark = pytest.mark.usefixtures("in_time")

NOW = 1_800_000_000
DATE = {"X-Trans-Id": f"tx{'0' * 21}-{NOW:010x}"}


class Containers:
    """The containers of an account, and how often a delete is refused."""

    def __init__(self) -> None:
        self.headers: dict[str, dict[str, str]] = {}
        self.busy = 0
        self.listable = True

    def __call__(self, asked: Asked) -> Answer:
        parts = urlsplit(asked.path)
        name = parts.path.removeprefix("/v1/AUTH_x").strip("/")
        if not name:
            [prefix] = parse_qs(parts.query)["prefix"]
            names = [each for each in self.headers if each.startswith(prefix)]
            rows = json.dumps([{"name": each} for each in names]).encode()
            return Answer(200, body=rows) if self.listable else Answer(403)
        if asked.method == "PUT":
            kept = (MARK, "x-storage-policy")
            self.headers[name] = {key: asked.headers[key] for key in kept if key in asked.headers}
            return Answer(201)
        if name not in self.headers:
            return Answer(404)
        if asked.method == "DELETE":
            self.busy -= 1
            if self.busy >= 0:
                return Answer(409)
            del self.headers[name]
        if asked.method == "GET":
            return Answer(200, body=b"[]")
        counts = {"X-Container-Object-Count": "0", "X-Container-Bytes-Used": "0"}
        return Answer(204, {**counts, **self.headers.get(name, {})})


@pytest.fixture
def containers(destination: ObjectServer, monkeypatch: pytest.MonkeyPatch) -> Containers:
    monkeypatch.setattr(scratch_container, "PAUSE", 0)
    made = Containers()
    destination.script = made
    return made


def scratch(destination: ObjectServer, folder: Path, near: str = "new") -> ScratchContainer:
    return ScratchContainer(destination.connection, near, folder)


def test_it_is_there_in_the_block_only(
    destination: ObjectServer, containers: Containers, tmp_path: Path
) -> None:
    containers.headers["new"] = {"X-Storage-Policy": "gold"}
    made = scratch(destination, tmp_path)
    assert made.name.startswith("new_preflight_")
    with made.made():
        assert containers.headers[made.name]["x-storage-policy"] == "gold"
    assert set(containers.headers) == {"new"}
    assert list(tmp_path.iterdir()) == []  # no lock either


def test_it_is_removed_after_an_error(
    destination: ObjectServer, containers: Containers, tmp_path: Path
) -> None:
    with pytest.raises(ZeroDivisionError), scratch(destination, tmp_path).made():
        raise ZeroDivisionError
    assert containers.headers == {}


def test_a_server_that_lists_objects_for_a_while_is_asked_again(
    destination: ObjectServer, containers: Containers, tmp_path: Path
) -> None:
    containers.busy = 3
    with scratch(destination, tmp_path).made():
        pass
    assert containers.headers == {}


def test_one_that_cannot_be_removed_is_named(
    destination: ObjectServer, containers: Containers, tmp_path: Path
) -> None:
    containers.busy = 1000
    made = scratch(destination, tmp_path)
    with pytest.raises(MigrationError, match=f"'{made.name}' could not be removed"), made.made():
        pass


def test_what_a_killed_run_of_this_host_has_left_is_removed(
    destination: ObjectServer, containers: Containers, tmp_path: Path
) -> None:
    with scratch(destination, tmp_path).made():
        [(left, headers)] = containers.headers.items()
    containers.headers = {
        left: headers,  # killed
        "new_preflight_theirs": {},
        "new_preflight_young": {MARK: "x", "X-Timestamp": str(NOW - ABANDONED + 5), **DATE},
        "new_preflight_old": {MARK: "x", "X-Timestamp": str(NOW - ABANDONED - 5), **DATE},
        "new_preflight_timeless": {MARK: "x"},
        "new": {MARK: headers[MARK]},
    }
    kept = set(containers.headers) - {left, "new_preflight_old"}
    with scratch(destination, tmp_path).made():
        pass
    assert set(containers.headers) == kept


def test_a_login_for_single_containers_is_enough(
    destination: ObjectServer, containers: Containers, tmp_path: Path
) -> None:
    containers.listable = False
    with scratch(destination, tmp_path).made():
        assert len(containers.headers) == 1
    assert containers.headers == {}


def test_a_long_name_leaves_room(
    destination: ObjectServer, containers: Containers, tmp_path: Path
) -> None:
    name = scratch(destination, tmp_path, "ü" * 128).name
    assert len(name.encode()) <= 256
    assert name.startswith("ü" * 100)


def test_a_folder_that_cannot_be_used_is_named(
    destination: ObjectServer, containers: Containers, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    made = scratch(destination, tmp_path / "file")
    with pytest.raises(MigrationError, match=r"^state_dir: cannot use "), made.made():
        pass
    assert containers.headers == {}


def test_a_preflight_that_another_one_keeps_waiting_names_it(
    destination: ObjectServer,
    containers: Containers,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(scratch_container, "WAIT", 0)
    with scratch(destination, tmp_path).made():
        [lock] = tmp_path.iterdir()
        second = scratch(destination, tmp_path)
        with (
            pytest.raises(MigrationError, match="another preflight of this host") as caught,
            second.made(),
        ):
            pass
        assert str(lock) in str(caught.value)
        assert second.name not in containers.headers
        assert lock.exists()
