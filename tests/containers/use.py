# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What is asked of a deployment that is in use all the time."""

from __future__ import annotations

from tests.containers.conftest import OPERATIONS, PAUSE
from tests.cube import writer
from tests.cube.verification import verify
from tests.integration.playbooks.cutover import Cutover


def assert_all_there(cutover: Cutover, before: int = 0) -> int:
    """Nothing that was ever acknowledged is lost, and somebody has written since the last look.

    :param before: how many writes were acknowledged then.
    :return: how many are now.
    """
    project = cutover.deployment
    with writer.waiting(project.ledger.parent, PAUSE):
        found = verify(project)
        written = project.ledger.read_text().count('"acknowledge"')
    print(f"{written} writes acknowledged, {found}")
    assert found.faults == set(), str(found)
    assert found.files > OPERATIONS
    assert written > before
    return written
