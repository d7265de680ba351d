# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""How these tests run modules: in processes that share nothing, and tell no secret."""

from __future__ import annotations

import json
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.integration.conftest import Options, RunModule, environment, run, secrets
from tests.integration.module_server import ModuleServer
from tests.servers import Lab
from tests.servers.fault_proxy import FaultProxy
from tests.servers.faults import Delay

DOTENV = {"path": "example.env", "values": {"NAME": "value"}, "create": True}


def test_a_forked_module_and_one_of_a_new_interpreter_give_the_same(
    run_module: RunModule, run_module_process: RunModule, source: Options
) -> None:
    for params, failed in ((source, False), ({}, True)):
        forked, started = (each("swift_auth", params) for each in (run_module, run_module_process))
        assert bool(forked.get("failed")) == failed
        for result in (forked, started):
            result.pop("expires_at", None)
        assert forked == started


def test_each_run_has_its_own_folder_and_environment(
    module_server: ModuleServer, tmp_path: Path
) -> None:
    arguments = json.dumps({"ANSIBLE_MODULE_ARGS": DOTENV})

    def inside(folder: Path) -> int:
        folder.mkdir()
        status = module_server.run("dotenv", arguments, environment(folder), folder, 60).returncode
        assert (folder / "example.env").read_text() == "NAME=value\n"
        return status

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(inside, (tmp_path / str(number) for number in range(16)))) == {0}


def test_a_module_that_does_not_end_in_time_is_killed(
    module_server: ModuleServer, lab: Lab, source: Options, tmp_path: Path
) -> None:
    with FaultProxy(lab.description["ports"]["source-proxy"]) as slow:
        held = slow.inject(Delay(seconds=20), lambda _target: True, times=None)
        auth = {**source["auth"], "auth_url": f"{slow.url}/auth/v1.0"}
        arguments = json.dumps({"ANSIBLE_MODULE_ARGS": {**source, "auth": auth}})
        # Within these seconds it logs in on a busy machine, too; its answer comes later.
        with pytest.raises(subprocess.TimeoutExpired):
            module_server.run("swift_auth", arguments, environment(tmp_path), tmp_path, 6)
        assert held.injected == 1


def test_an_unknown_module_fails_with_its_traceback(
    module_server: ModuleServer, tmp_path: Path
) -> None:
    ran = module_server.run("no_such", "{}", environment(tmp_path), tmp_path, 60)
    assert ran.returncode == 1
    assert "No module named" in ran.stderr


@pytest.mark.parametrize("where", ["stdout", "stderr"])
@pytest.mark.parametrize("kind", ["migrate", "password"])
def test_a_secret_of_an_openrc_file_that_is_told_fails_the_test(
    lab: Lab, tmp_path: Path, where: str, kind: str
) -> None:
    params = {"source": {"openrc": str(lab.openrc(kind))}}
    [secret] = secrets(params)

    def tells(_name: str, _arguments: str) -> subprocess.CompletedProcess[str]:
        told = {"stdout": "{}", "stderr": ""} | {where: f'{{"msg": "{secret}"}}'}
        return subprocess.CompletedProcess("", 0, **told)

    with pytest.raises(AssertionError, match="assert"):
        run(tells, tmp_path, "swift_sync", params)
