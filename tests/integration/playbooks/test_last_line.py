# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""However a run ends, its last line says whether CUBE runs, on which storage, and what to type."""

from __future__ import annotations

import shlex
import signal
import time
from pathlib import Path

import pytest

from tests.integration.playbooks.controller import Run, finish, read_until
from tests.integration.playbooks.cutover import Cutover, commands
from tests.integration.playbooks.last_line import RUNS, STOPPED, LastLine
from tests.integration.playbooks.test_cutover import FILES, upload

pytestmark = pytest.mark.usefixtures("no_catalogue")

STEPS = {
    "Check that all hosts of CUBE are so far": (signal.SIGINT, RUNS.format("old"), "migrate"),
    "Start CUBE and check its storage": (signal.SIGINT, STOPPED.format("new"), "rollback"),
    "Record that CUBE is stopped": (signal.SIGTERM, STOPPED.format("old"), "rollback"),
    "Change CUBE's environment": (signal.SIGHUP, STOPPED.format("old"), "migrate"),
}
"""For a task at whose begin a signal comes: the signal, what is told, and what is typed then."""


def broken_off(cutover: Cutover, step: str, typed: LastLine | None = None) -> tuple[Run, LastLine]:
    """Break a cutover off by a signal.

    :param typed: the last line whose command is broken off.
    :return: the run, and its last line, which is true.
    """
    number, told, _playbook = STEPS[step]
    hooked = cutover.hooked({step: f"kill -{number.value} $PPID"})
    broken = typed.type_command(hooked.controller, "migrate") if typed else hooked.migrate()
    assert broken.status != 0
    line = LastLine.of(broken)
    assert line.text.startswith(told), broken.output
    assert_true(cutover, line.text)
    return broken, line


def assert_works(cutover: Cutover, step: str, line: LastLine) -> None:
    """Type what the line says after this step; it comes to its end."""
    playbook = STEPS[step][2]
    done = line.type_command(cutover.controller, playbook)
    assert done.status == 0, done.output
    storage = "new" if playbook == "migrate" else "old"
    assert LastLine.of(done).text.startswith(RUNS.format(storage)), done.output
    assert cutover.storage == (cutover.new if storage == "new" else cutover.old)
    assert cutover.files == FILES


def test_broken_off_by_ctrl_c_and_once_more_what_is_typed_then_goes_back(cutover: Cutover) -> None:
    upload(cutover)
    check, start, *_rest = STEPS
    _broken, line = broken_off(cutover, check)
    _broken, line = broken_off(cutover, start, typed=line)
    assert_works(cutover, start, line)


def test_broken_off_by_other_signals_what_is_typed_goes_back_and_then_to_the_new_storage(
    cutover: Cutover,
) -> None:
    upload(cutover)
    *_rest, record, change = STEPS
    broken, line = broken_off(cutover, record)
    assert told_before_the_stop(broken).commands == line.commands
    assert_works(cutover, record, line)
    assert cutover.phase == "copying"
    _broken, line = broken_off(cutover, change)
    assert_works(cutover, change, line)


def told_before_the_stop(run: Run) -> LastLine:
    """What is to be typed if nothing can be told later."""
    [told] = [x for x in run.output.splitlines() if x.startswith("CUBE is stopped from now on.")]
    return LastLine.of(Run(run.status, told))


def assert_true(cutover: Cutover, line: str) -> None:
    """What the line tells is so."""
    assert set(cutover.deployment.status().values()) == {line.startswith("CUBE runs")}
    storage = cutover.new if " the new storage" in line.partition(".")[0] else cutover.old
    assert cutover.configured == storage


@pytest.mark.parametrize("command", ["stop", "start"])
def test_in_the_middle_of_a_stop_or_a_start_it_says_that_nobody_knows(
    command: str, cutover: Cutover, tmp_path: Path
) -> None:
    upload(cutover)
    begun = tmp_path / f"{command}-begun"
    usual = commands(cutover.deployment.state)
    mark = shlex.quote(str(begun))
    # It outlives the run, and may outlive the test: the next one may have a folder of that name.
    slow = f"if [ ! -e {mark} ]; then touch {mark}; sleep 30; [ -e {mark} ] || exit 1; fi"
    given = {**usual, command: f"{slow}; {usual[command]}"}
    controller = cutover.controller.given({"cube_storage_commands": given})
    process = controller.start(inventory=cutover.inventory, swift_migration_cutover=True)
    before = ""
    if command == "start":  # the other run of the command is a copy's length away
        before = read_until(process, lambda line: "Start the services" in line)
    while not begun.exists():
        assert process.poll() is None
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    broken = finish(process, before)
    line = LastLine.of(broken)
    on = "on the old storage" if command == "stop" else "on the new storage"
    assert line.text.startswith(f"CUBE was told to {command} "), broken.output
    assert " and has not answered: some of it may run" in line.text
    assert on in line.text
    back = line.type_command(controller, "rollback")
    assert back.status == 0, back.output
    assert cutover.storage == cutover.old
    assert cutover.files == FILES


def test_a_failure_before_the_stop_says_that_nothing_was_stopped(cutover: Cutover) -> None:
    upload(cutover)
    refused = cutover.migrate(migrate_data_prefix="results/")
    assert refused.status != 0
    told = "CUBE is as it was: this run has not stopped it. To try again, type `"
    assert LastLine.of(refused).text.startswith(told), refused.output


def test_no_secret_of_the_command_line_is_in_it(cutover: Cutover) -> None:
    upload(cutover)
    hooked = cutover.hooked({"Check what would fail later": "kill -INT $PPID"})
    broken = hooked.migrate("--extra-vars", "unused_key=hunter2", "--extra-vars=other=hunter3")
    assert "hunter" not in broken.output
    [command] = LastLine.of(broken).commands
    assert command.count("(as before)") == 2, command
