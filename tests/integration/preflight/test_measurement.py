# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What swift_preflight copies into a scratch container, and what it leaves behind."""

from __future__ import annotations

import json
import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.integration.conftest import Options, RunModule
from tests.integration.faulty import Faulty
from tests.integration.pair import Pair, fill
from tests.integration.preflight.conftest import Preflight
from tests.integration.preflight.findings import bad, failures, told
from tests.servers.faults import merged_slashes


def scratch_containers(pair: Pair) -> list[str]:
    """Those at the destination whose names begin with the pair's, but for the pair's own."""
    return [row["name"] for row in pair.destination.listing("", pair.name) if "name" in row][1:]


def test_a_measurement_leaves_nothing_behind(
    pair: Pair, preflight: Preflight, tmp_path: Path
) -> None:
    fill(pair, 30)
    pair.source.put(pair.name, "a//b", b"1")
    pair.source.put(pair.name, "large", bytes(5 << 20))
    result = preflight(measure=True)
    assert bad(result) == []
    assert told(result, "names at the destination")[1] == "kept, also with '//' in them"
    assert scratch_containers(pair) == []
    assert pair.names() == []
    first = result["forecast"]["first_copy"]
    assert 0 < first["low"] < first["seconds"] < first["high"]
    assert result["forecast"]["rates"]["objects_per_second"] > 0
    assert list((tmp_path / "state").iterdir()) == []
    assert not pair.sync().get("failed")
    assert pair.differences() == []


def test_check_mode_measures_nothing(run_module: RunModule, pair: Pair, params: Options) -> None:
    fill(pair, 1)
    result = run_module("swift_preflight", {**params, "measure": True}, check=True)
    assert result["forecast"]["rates"] is None
    assert "measured copy" not in [check["name"] for check in result["checks"]]


def test_what_a_killed_measurement_has_left_the_next_one_removes(
    pair: Pair, preflight: Preflight, tmp_path: Path
) -> None:
    fill(pair, 30)
    slow = {"measure": True, "requests_per_second": 20, "concurrency": 2}
    with ThreadPoolExecutor() as pool:
        killed = pool.submit(preflight, **slow)
        deadline = time.monotonic() + 60
        while not (left := scratch_containers(pair)):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        time.sleep(0.5)
        [lock] = (tmp_path / "state").glob("*.scratch.lock")
        os.kill(int(lock.read_text()), signal.SIGKILL)
        with pytest.raises(json.JSONDecodeError):  # it has no result
            killed.result(30)
    assert scratch_containers(pair) == left
    theirs = f"{left[0][:-16]}{'0' * 16}"
    pair.destination.put_container(theirs)  # nobody has marked it
    assert bad(preflight(measure=True)) == []
    assert scratch_containers(pair) == [theirs]
    pair.destination.delete_container(theirs)


@pytest.mark.parametrize("where", ["destination", "front"])
def test_a_proxy_that_changes_names_is_told(
    through_proxies: Faulty, application_credential: Options, where: str
) -> None:
    through_proxies.source.put(through_proxies.name, "a//b", b"1")
    there, keystone = through_proxies.there, through_proxies.keystone
    there.inject(merged_slashes(), lambda target: "_preflight_" in target.container, times=None)
    given: Options = {"measure": True}
    if where == "front":
        auth = {**application_credential["auth"], "auth_url": f"{keystone.url}/v3"}
        given["destination"] = {
            **application_credential,
            "auth": auth,
            "container": through_proxies.name,
            "storage_url": through_proxies.lab.description["storage_url"],
        }
        given["front"] = there.url
    result = through_proxies.sync(**given)
    assert failures(result) == [f"names at the {where}"]
    assert "changes names with '//' in them: 1, as a//b" in told(result, f"names at the {where}")[1]
    assert scratch_containers(through_proxies) == []
