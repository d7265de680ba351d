# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What hooks are told of a cutover that is killed in the middle, and finished by the next run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.integration.playbooks.callbacks.hooks import KILL
from tests.integration.playbooks.cutover import Cutover
from tests.integration.playbooks.test_cutover import upload
from tests.unit.plugins.plugin_utils.hook_receiver import HookReceiver, receiving

pytestmark = pytest.mark.usefixtures("no_catalogue")


@pytest.fixture
def receiver() -> Iterator[HookReceiver]:
    with receiving() as running:
        yield running


def test_each_phase_of_a_cutover_is_told_once_though_it_is_killed(
    cutover: Cutover, receiver: HookReceiver
) -> None:
    def told(event: str, key: str) -> list[str]:
        return [each[key] for each in receiver.events if each["event"] == event]

    upload(cutover)
    hooks = {"swift_migration_hooks": [{"url": receiver.url}]}
    step = "Tell the hooks if the phase is new: frozen"
    killed = cutover.hooked({step: KILL}).migrate(**hooks)
    assert killed.status == -9, killed.output
    assert told("phase", "phase") == ["copying"]
    # What is told takes part in nothing: it may fail.
    receiver.status = 500
    run = cutover.migrate("-vvv", **hooks)
    assert run.status == 0, run.output
    assert told("phase", "phase") == ["copying", "frozen", "verified", "cut-over"]
    assert told("phase", "before") == ["", "copying", "frozen", "verified"]
    runs = list(zip(told("run", "run"), told("run", "result"), strict=True))
    assert runs[-1] == ("swift_compare", "done")
    assert set(runs) == {("swift_sync", "done"), ("swift_compare", "done")}
    assert "hook 1 answered 500" in run.output
    assert "secret-path" not in run.output
