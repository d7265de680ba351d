# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Units, answered by a stand-in for systemctl.  tests/containers runs a real systemd."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.command import (
    CommandRunner,
    Completed,
    LocalCommandRunner,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.systemd import Systemd
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError


@dataclass
class Systemctl(CommandRunner):
    """Answers ``show`` from `properties`; what else it was asked, it notes."""

    properties: dict[str, str] = field(default_factory=dict)
    asked: list[Sequence[str]] = field(default_factory=list)

    def run(self, argv: Sequence[str], **_: Any) -> Completed:
        if argv[1] == "show":
            name = argv[3].removeprefix("--property=")
            return Completed(0, self.properties[name] + "\n", "")
        self.asked.append(argv[1:])
        return Completed(0, "", "")


def started(path: str) -> str:
    """What ``systemctl show`` says of a program that a unit starts."""
    return f"{{ path={path} ; argv[]={path} -m cube ; ignore_errors=no ; pid=1 ; status=0/0 }}"


@pytest.fixture
def env_file(tmp_path: Path) -> Path:
    path = tmp_path / "chris.env"
    path.write_text("STORAGE_ENV=swift\n")
    return path


@pytest.fixture
def systemctl(env_file: Path) -> Systemctl:
    return Systemctl(
        properties={
            "LoadState": "loaded",
            "ActiveState": "active",
            "MainPID": str(os.getpid()),
            "ExecStart": started(sys.executable),
            "Environment": 'STORAGE_ENV=fslink "GREETING=good day"',
            "EnvironmentFiles": f"{env_file} (ignore_errors=no)",
        }
    )


@pytest.fixture
def systemd(tmp_path: Path, env_file: Path, systemctl: Systemctl) -> Systemd:
    return Systemd(
        services=["chris.service"],
        pfcon_services=[],
        files={"chris.service": [env_file]},
        wanted={"chris.service": ["STORAGE_ENV"]},
        python=None,
        runner=systemctl,
        etc=tmp_path,
    )


@pytest.fixture
def main_process(systemctl: Systemctl) -> Iterator[None]:
    """A main process of its own; pytest-xdist writes over the environment that /proc shows."""
    waits = [sys.executable, "-c", "import sys; sys.stdin.read()"]
    with subprocess.Popen(waits, stdin=subprocess.PIPE) as process:
        systemctl.properties["MainPID"] = str(process.pid)
        yield


def test_an_env_file_wins_over_what_the_unit_says(systemd: Systemd) -> None:
    assert systemd.configured("chris.service") == {"STORAGE_ENV": "swift", "GREETING": "good day"}


@pytest.mark.parametrize(("more", "told"), [("", False), (" PFCON_INNETWORK=yes", True)])
def test_a_pfcon_that_sends_its_files_needs_no_env_file(
    systemd: Systemd, systemctl: Systemctl, more: str, told: bool
) -> None:
    systemd.pfcon_services = ["chris.service"]
    systemctl.properties["EnvironmentFiles"] = ""
    systemctl.properties["Environment"] += more
    with pytest.raises(MigrationError, match="reads none") if told else nullcontext():
        systemd.preflight()


def test_a_stopped_unit_has_a_condition_until_it_is_started(
    systemd: Systemd, systemctl: Systemctl, tmp_path: Path
) -> None:
    systemd.stop(10)
    drop_in = tmp_path / "chris.service.d" / "cube-storage-stopped.conf"
    assert drop_in.read_text() == f"[Unit]\nConditionPathExists=!{drop_in}\n"
    assert stat.S_IMODE(drop_in.stat().st_mode) == 0o644  # systemctl shows it to everybody
    assert systemctl.asked == [["daemon-reload"], ["stop", "chris.service"]]
    assert systemd.will_not_restart()
    systemctl.properties["ActiveState"] = "inactive"
    assert systemd.start() is True
    assert not drop_in.exists()
    assert systemctl.asked[2:] == [["daemon-reload"], ["restart", "chris.service"]]


@pytest.mark.usefixtures("main_process")
def test_a_unit_that_has_its_environment_is_not_started_again(
    systemd: Systemd, systemctl: Systemctl, env_file: Path
) -> None:
    env_file.write_text(f"PATH={os.environ['PATH']}\n")
    systemctl.properties["Environment"] = ""
    assert systemd.start() is False
    assert systemctl.asked == []


def test_a_unit_that_systemd_will_start_again_counts_as_running(
    systemd: Systemd, systemctl: Systemctl
) -> None:
    systemctl.properties["ActiveState"] = "activating"
    assert systemd.running() == ["chris.service"]


def test_jobs_are_what_the_command_prints(systemd: Systemd) -> None:
    assert systemd.jobs() == []
    systemd.runner = LocalCommandRunner()
    systemd.jobs_command = "printf 'job-2\\njob-1\\n\\n'"
    assert systemd.jobs() == ["job-1", "job-2"]
    systemd.jobs_command = "exit 1"
    with pytest.raises(MigrationError, match=r"^cube_storage_systemd\.jobs: "):
        systemd.jobs()


class Program:
    """Stands for ``/proc/PID`` of a unit whose process calls itself ``called``."""

    def __init__(self, proc: Path, called: str) -> None:
        self._folder = proc / str(os.getpid())
        self._folder.mkdir(parents=True)
        (self._folder / "exe").symlink_to(Path(sys.executable).resolve())
        (self._folder / "cmdline").write_text(f"{called}\0-m\0cube\0")


@pytest.mark.security
def test_a_process_does_not_choose_the_interpreter(
    systemd: Systemd, systemctl: Systemctl, tmp_path: Path
) -> None:
    planted = tmp_path / "bin" / "python3"
    planted.parent.mkdir()
    planted.symlink_to(Path(sys.executable).resolve())
    systemd._proc = tmp_path / "proc"
    Program(systemd._proc, str(planted))
    with pytest.raises(MigrationError, match=rf"calls itself {planted}, which is not beside"):
        systemd._interpreter("chris.service")
    systemctl.properties["ExecStart"] = started(str(planted.with_name("gunicorn")))
    assert systemd._interpreter("chris.service") == str(planted)


@pytest.mark.security
def test_a_program_that_calls_itself_python_is_none(systemd: Systemd, tmp_path: Path) -> None:
    systemd._proc = tmp_path / "proc"
    Program(systemd._proc, sys.executable)
    exe = systemd._proc / str(os.getpid()) / "exe"
    exe.unlink()
    exe.symlink_to("/bin/sh")
    with pytest.raises(MigrationError, match=r"the main process of chris\.service is not Python"):
        systemd._interpreter("chris.service")


@pytest.mark.usefixtures("main_process")
def test_the_program_runs_with_the_environment_of_the_unit(
    systemd: Systemd, systemctl: Systemctl
) -> None:
    # These tests may have been called by a name without a folder.
    exe = str(Path(sys.executable).resolve())
    show = systemctl.properties | {"ExecStart": f"{started(exe)}\n{started(sys.executable)}"}
    systemd.runner = LocalCommandRunner()
    systemd._show = lambda _unit, name: show[name]  # type: ignore[method-assign]
    said = systemd.run_python("chris.service", "import os; print(os.environ['PATH'])")
    assert said.strip() == os.environ["PATH"]


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("LoadState", "not-found", "systemd has no unit chris.service: not-found"),
        ("EnvironmentFiles", "", "chris.service reads none of the env files"),
    ],
)
def test_a_unit_that_would_not_follow_is_refused(
    systemd: Systemd, systemctl: Systemctl, name: str, value: str, message: str
) -> None:
    systemctl.properties[name] = value
    with pytest.raises(MigrationError, match=message):
        systemd.preflight()


def test_a_file_that_is_read_later_and_wins_is_refused(
    systemd: Systemd, systemctl: Systemctl, env_file: Path
) -> None:
    later = env_file.with_name("later.env")
    later.write_text("STORAGE_ENV=swift\n")
    systemctl.properties["EnvironmentFiles"] += f"\n{later} (ignore_errors=yes)"
    with pytest.raises(MigrationError, match=f"takes STORAGE_ENV from {later}"):
        systemd.preflight()


def test_a_unit_is_another_one_when_systemd_has_started_it_again(
    systemd: Systemd, systemctl: Systemctl
) -> None:
    systemctl.properties |= {"MainPID": "7", "NRestarts": "1"}
    assert systemd.incarnations("chris.service") == ["7 1"]
    systemctl.properties["ActiveState"] = "activating"
    assert systemd.incarnations("chris.service") == []


def test_the_database_is_asked_by_the_command_that_is_given(systemd: Systemd) -> None:
    systemd.runner = LocalCommandRunner()
    with pytest.raises(MigrationError, match=r"^cube_storage_systemd\.database: no command that"):
        list(systemd.query("select 1"))
    systemd.database_command = "cat"
    assert list(systemd.query("select 1")) == [b"select 1"]
