# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The scratch object by which a run finds out whether the destination keeps names as they are."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import pytest

from tests.integration.faulty import Faulty
from tests.integration.pair import counts
from tests.servers.access_log import Target
from tests.servers.faults import Call, Cut


def test_what_a_run_leaves_that_is_killed_meanwhile_is_removed_by_the_next(
    faulty: Faulty, tmp_path: Path
) -> None:
    faulty.source.put(faulty.name, "a//b", b"1")
    state = tmp_path / "state"

    def kill() -> None:
        [lock] = state.glob("*.lock")
        os.kill(int(lock.read_text()), signal.SIGKILL)

    def cleans_up(target: Target) -> bool:
        return target.method == "DELETE"

    faulty.there.inject(Call(function=kill), cleans_up)
    faulty.there.inject(Cut(), cleans_up)
    with pytest.raises(json.JSONDecodeError):  # it has no result
        faulty.sync(state_dir=str(state))
    [left] = faulty.names()
    assert left.endswith("/a//b")
    assert counts(faulty.sync(state_dir=str(state))) == {"copied": 1}
    assert faulty.names() == ["a//b"]
