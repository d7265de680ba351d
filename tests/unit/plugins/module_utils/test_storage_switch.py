# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The switch of the environment, and what is known of it, without a deployment's own ways."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube_storage import (
    check,
    preflight,
    status,
    wait_until_healthy,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._deployment import (
    due,
    stop_and_confirm,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._env_files import (
    environment_of,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._storage_switch import (
    Program,
    StorageSwitch,
)

NEW = {"STORAGE_ENV": "s3", "S3_BUCKET_NAME": "new", "S3_SECRET_KEY": "s3cret"}
NAMES = [*NEW, "SWIFT_KEY"]


@dataclass
class Deployed:
    """One service, started with what its env file holds, unless something wins over that."""

    path: Path
    wins: dict[str, str] = field(default_factory=dict)
    runs: dict[str, str] | None = None
    answer: str = '{"backend": "s3", "container": "new", "objects": 7}'
    working: list[list[str]] = field(default_factory=list)
    stops: int = 0
    option: str = "cube_storage_compose"
    notice: str | None = None
    services = ("chris",)
    pfcon_services = ()

    def preflight(self) -> None: ...

    def others(self) -> list[str]:
        return []

    def running(self) -> list[str]:
        return ["chris"] if self.runs is not None else []

    def held(self) -> bool:
        return True

    def jobs(self) -> list[str]:
        """What still works, one look after the other."""
        return self.working.pop(0) if self.working else []

    def stop(self, timeout: int) -> None:
        self.stops += 1

    def start(self) -> bool:
        self.runs = dict(self.configured("chris"))
        return True

    def configured(self, service: str) -> dict[str, str]:
        ours = environment_of([self.override_path()]) if self.override_path().exists() else {}
        return {**environment_of([self.path]), **self.wins, **ours}

    def real(self, service: str) -> list[dict[str, str]]:
        return [self.runs or {}]

    def run_python(self, service: str, program: str) -> str:
        return self.answer

    def override_path(self) -> Path:
        return self.path.with_name("override")

    def override(self, wanted: Mapping[str, Mapping[str, str]], predict: bool) -> bytes:
        due = wanted["chris"]
        lines = [f"{name}={due[name]}\n" for name in due if self.wins.get(name, "") not in due]
        return "".join(line for line in lines if line.partition("=")[0] in self.wins).encode()


@pytest.fixture
def deployed(tmp_path: Path) -> Deployed:
    path = tmp_path / "secrets.env"
    path.write_text("STORAGE_ENV=swift\nSWIFT_KEY=0ld\n")
    return Deployed(path)


Switch = Callable[..., StorageSwitch]


@pytest.fixture
def switch(deployed: Deployed) -> Switch:
    def make(**changed: Any) -> StorageSwitch:
        options: dict[str, Any] = {
            "deployment": deployed,
            "cube": Program([deployed.path], NEW),
            "pfcon": Program([], {}),
            "names": NAMES,
            "remove_unused": False,
            "memory": deployed.path.with_name("cube-storage.json"),
            "kept": 2,
            "write": lambda path, content: path.write_bytes(content),
            "dry": False,
        }
        return StorageSwitch(**{**options, **changed})

    return make


def test_the_switch_is_remembered_without_a_secret(switch: Switch, deployed: Deployed) -> None:
    made = switch()
    changes, _override = made.to_new()
    assert [each.changed for each in changes] == [True]
    memory = made.memory.read_text()
    assert '"target": "s3 new"' in memory
    assert "s3cret" not in memory
    assert "0ld" not in memory


def test_a_second_switch_changes_nothing(switch: Switch, deployed: Deployed) -> None:
    switch().to_new()
    before = {path: path.read_bytes() for path in deployed.path.parent.iterdir()}
    changes, override = switch().to_new()
    assert not override
    assert not any(each.changed for each in changes)
    assert {path: path.read_bytes() for path in deployed.path.parent.iterdir()} == before


def test_what_is_switched_again_still_goes_back_to_the_first(
    switch: Switch, deployed: Deployed
) -> None:
    old = deployed.path.read_bytes()
    switch().to_new()
    for key in ("a", "b", "c"):
        switch(cube=Program([deployed.path], {**NEW, "S3_SECRET_KEY": key})).to_new()
    assert len(list(deployed.path.parent.glob("*.bak"))) == 3  # two, and the one that is needed
    switch().to_old()
    assert deployed.path.read_bytes() == old


def test_a_switch_that_was_killed_on_the_way_is_mixed_and_goes_on(
    switch: Switch, deployed: Deployed
) -> None:
    def killed(path: Path, content: bytes) -> None:
        path.write_bytes(content)
        if path == deployed.path:
            raise KeyboardInterrupt

    deployed.wins = {"STORAGE_ENV": "swift"}
    with pytest.raises(KeyboardInterrupt):
        switch(write=killed).to_new()
    assert switch().configured() == "mixed"
    switch().to_new()
    assert switch().configured() == "new"


def test_what_wins_is_overridden_and_back_again(switch: Switch, deployed: Deployed) -> None:
    deployed.wins = {"STORAGE_ENV": "swift"}
    assert switch().to_new()[1] is True
    assert deployed.override_path().read_text() == "STORAGE_ENV=s3\n"
    assert switch().configured() == "new"
    assert switch().to_old()[1] is True
    assert not deployed.override_path().exists()
    assert switch().configured() == "old"


def test_what_cannot_be_overridden_is_an_error(switch: Switch, deployed: Deployed) -> None:
    deployed.wins = {"S3_BUCKET_NAME": "other"}
    deployed.override = lambda wanted, predict: b""  # type: ignore[method-assign]
    with pytest.raises(MigrationError, match="chris would not get these variables: S3_BUCKET_NAME"):
        switch().to_new()


def test_check_mode_writes_nothing(switch: Switch, deployed: Deployed) -> None:
    deployed.wins = {"STORAGE_ENV": "swift"}
    before = deployed.path.read_bytes()
    changes, override = switch(dry=True).to_new()
    assert changes[0].changed
    assert override
    assert deployed.path.read_bytes() == before
    assert list(deployed.path.parent.iterdir()) == [deployed.path]


def test_nothing_is_restored_that_was_never_switched(switch: Switch) -> None:
    assert switch().to_old() == ([], False)


def test_a_way_back_that_nobody_remembers_is_an_error(switch: Switch) -> None:
    switch().to_new()
    switch().memory.unlink()
    with pytest.raises(MigrationError, match="nothing tells what the environment was before"):
        switch().to_old()


def test_a_memory_that_cannot_be_read_is_an_error(switch: Switch) -> None:
    switch().memory.write_text("{}")
    with pytest.raises(MigrationError, match=r"^cube_storage_memory: cannot read "):
        switch().to_new()


def test_a_service_that_was_not_started_anew_is_mixed(switch: Switch, deployed: Deployed) -> None:
    deployed.start()
    assert status(switch()).storage == "old"
    switch().to_new()
    found = status(switch())
    assert found.storage == "mixed"
    assert found.stale == {"chris": ["STORAGE_ENV", "S3_BUCKET_NAME", "S3_SECRET_KEY"]}
    deployed.start()
    assert status(switch()).storage == "new"


def test_a_service_that_cannot_be_looked_at_is_mixed(switch: Switch, deployed: Deployed) -> None:
    def refuse(service: str) -> list[dict[str, str]]:
        raise MigrationError("it restarts")

    deployed.start()
    deployed.real = refuse  # type: ignore[method-assign]
    assert status(switch()).storage == "mixed"


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ('{"error": "ClientException: 401"}', "does not answer to the environment of chris: Cli"),
        (
            '{"container": "new", "objects": 7}',
            "container new, which chris uses, has 7 objects",
        ),
        ("Killed", "the look at the storage from chris gave no answer"),
    ],
)
def test_a_storage_that_is_not_right_is_named(
    switch: Switch, deployed: Deployed, answer: str, message: str
) -> None:
    switch().to_new()
    deployed.start()
    deployed.answer = answer
    with pytest.raises(MigrationError, match=message):
        check(switch(), "new", 8)


def test_what_does_not_run_or_has_another_storage_is_named(
    switch: Switch, deployed: Deployed
) -> None:
    with pytest.raises(MigrationError, match="not running: chris"):
        check(switch(), "new", 0)
    deployed.start()
    with pytest.raises(MigrationError, match="have the old storage, not the new one"):
        check(switch(), "new", 0)
    assert check(switch(), "old", 7) == {
        "chris": {"backend": "s3", "container": "new", "objects": 7}
    }


def test_a_service_without_the_library_of_its_storage_is_refused(
    switch: Switch, deployed: Deployed
) -> None:
    deployed.start()
    deployed.answer = "True\n"
    assert preflight(switch()) == []
    deployed.answer = "False\n"
    with pytest.raises(MigrationError, match="the Python of chris has no boto3"):
        preflight(switch())


def test_what_still_runs_after_the_timeout_is_named(deployed: Deployed) -> None:
    deployed.start()
    times = iter(range(100))
    slept: list[float] = []
    with pytest.raises(MigrationError, match=r"still running 5 seconds .*: chris"):
        stop_and_confirm(deployed, 5, clock=lambda: next(times), sleep=slept.append)
    assert len(slept) == 4


def test_jobs_are_waited_for_when_all_services_are_stopped(deployed: Deployed) -> None:
    deployed.working = [["a", "b"], ["b"], []]
    slept: list[float] = []
    stop_and_confirm(deployed, 5, clock=lambda: 0, sleep=slept.append)
    assert len(slept) == 2
    assert deployed.stops == 0


def test_jobs_that_do_not_end_are_named_and_left_alone(deployed: Deployed) -> None:
    deployed.working = [["chris-jid-1-copy", "chris-jid-2"]] * 100
    times = iter(range(100))
    with pytest.raises(MigrationError) as caught:
        stop_and_confirm(deployed, 5, clock=lambda: next(times), sleep=lambda _seconds: None)
    assert str(caught.value) == (
        "cube_storage_stop_timeout: jobs of pfcon still run 5 seconds after the services were "
        "stopped, and may write to the storage: chris-jid-1-copy, chris-jid-2. None was killed. "
        "Run this again when they have ended, or allow more time."
    )


def test_a_service_is_due_that_does_not_run_or_not_with_what_is_configured(
    deployed: Deployed,
) -> None:
    assert due(deployed) == ["chris"]
    deployed.start()
    assert due(deployed) == []
    with deployed.path.open("a") as file:
        file.write("ADDED=1\n")
    assert due(deployed) == ["chris"]
    deployed.runs = {**deployed.configured("chris"), "PATH": "/bin"}
    assert due(deployed) == []


def test_a_service_that_does_not_tell_its_environment_is_due(deployed: Deployed) -> None:
    def refuse(service: str) -> list[dict[str, str]]:
        raise MigrationError("it restarts")

    deployed.start()
    deployed.real = refuse  # type: ignore[method-assign]
    assert due(deployed) == ["chris"]


def test_a_url_that_never_answers_is_named_with_its_last_answer() -> None:
    times = iter([0.0, 1.0, 9.0])
    slept: list[float] = []
    with pytest.raises(MigrationError, match=r"1/ is not healthy after 5 seconds: .*refused"):
        wait_until_healthy("http://127.0.0.1:1/", 5, lambda: next(times), slept.append)
    assert slept == [1]
