# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A way back in which a step fails, or that is killed; and what a cutover refuses to begin with."""

from __future__ import annotations

import pytest

from tests.cube import env_file, logins
from tests.integration.playbooks.callbacks.hooks import KILL
from tests.integration.playbooks.cutover import Cutover
from tests.integration.playbooks.last_line import RUNS, LastLine
from tests.integration.playbooks.last_line import STOPPED as STOPPED_WITH
from tests.integration.playbooks.test_cutover import FILES, upload
from tests.servers import Lab

pytestmark = pytest.mark.usefixtures("no_catalogue")

QUOTA = "X-Container-Meta-Quota-Bytes"
RUNNING = {"server": True, "worker": True}
STOPPED = dict.fromkeys(RUNNING, False)
STOPPED_NEW = STOPPED_WITH.format("new")
WRITTEN = {**FILES, "new": b"written to the new storage"}


def test_a_way_back_that_fails_or_is_killed_goes_on_with_the_same_command(cutover: Cutover) -> None:
    upload(cutover)
    done = cutover.migrate()
    assert done.status == 0, done.output
    line = LastLine.of(done)
    assert line.text.startswith(RUNS.format("new") + " To go back to the old storage, type `")
    cutover.api.upload("new", WRITTEN["new"])

    killed = cutover.hooked({"Copy back what was written": KILL}).rollback()
    assert killed.status == -9, killed.output
    assert (cutover.phase, cutover.configured) == ("cut-over", cutover.new)
    assert cutover.deployment.status() == STOPPED

    cutover.source.post_container(cutover.old, {QUOTA: "1"})
    failed = cutover.rollback()
    assert failed.status > 0
    [told] = [error for error in failed.errors if "The way back was broken off" in error]
    assert told.startswith("The way back was broken off: Copy back: ")
    assert "quota" in told
    assert "CUBE is stopped; nothing is lost. Mend that and run the same command again." in told
    assert (cutover.phase, cutover.configured) == ("cut-over", cutover.new)
    assert cutover.deployment.status() == STOPPED

    cutover.source.post_container(cutover.old, {QUOTA: ""})
    interrupted = cutover.hooked({"Restore the old": "kill -INT $PPID"}).rollback()
    line = LastLine.of(interrupted)
    assert line.text.startswith(STOPPED_NEW + " To go on, type `"), interrupted.output
    hooked = cutover.hooked({"Record that CUBE uses the old storage": KILL})
    killed = line.type_command(hooked.controller, "rollback")
    assert killed.status in (-9, 128 + 9), killed.output  # a shell may have run it
    assert (cutover.phase, cutover.configured) == ("cut-over", cutover.old)
    assert cutover.deployment.status() == RUNNING
    assert cutover.storage == cutover.old
    cutover.api.upload("later", b"written to the old storage again")

    back = line.type_command(cutover.controller, "rollback")
    assert back.status == 0, back.output
    assert LastLine.of(back).text == RUNS.format("old")
    assert (cutover.phase, cutover.configured) == ("rolled-back", cutover.old)
    assert cutover.storage == cutover.old
    assert cutover.files == {**WRITTEN, "later": b"written to the old storage again"}


def test_an_application_that_has_the_new_storage_too_early_is_refused(
    cutover: Cutover, lab: Lab
) -> None:
    upload(cutover)
    cutover.deployment.stop()
    login = cutover.variables["cube_storage_s3"]
    new = {
        **logins.s3(lab, cutover.new),
        "S3_ACCESS_KEY": login["access_key"],
        "S3_SECRET_KEY": login["secret_key"],
    }
    env_file.write(cutover.deployment.env_file, new)
    refused = cutover.migrate()
    assert refused.status != 0
    assert refused.errors == [
        "cube: CUBE's environment names the new storage, but the phase of the migration is"
        " 'copying'. What it wrote there would be lost. If it wrote nothing, give it the old"
        " storage again; otherwise copy that by hand first."
    ]
    assert cutover.phase == "copying"
    assert cutover.deployment.status() == STOPPED


def test_an_application_with_both_storages_is_refused_and_can_go_back(cutover: Cutover) -> None:
    upload(cutover)
    killed = cutover.hooked({"Record that CUBE uses the new storage": KILL}).migrate()
    assert killed.status == -9, killed.output
    # A variable of the new storage as nobody has set it; the services have the new one as it was.
    path = cutover.deployment.env_file
    env_file.write(path, env_file.read(path) | {"S3_REGION": "another"})
    refused = cutover.migrate()
    assert refused.status != 0
    [told] = refused.errors
    assert told.startswith("cube: server, worker run, some with the old storage and some with the")
    assert told.endswith("Run playbooks/rollback.yml.")
    assert (cutover.phase, cutover.deployment.status()) == ("verified", RUNNING)
    back = cutover.rollback()
    assert back.status == 0, back.output
    assert (cutover.phase, cutover.storage) == ("rolled-back", cutover.old)
    assert cutover.files == FILES
