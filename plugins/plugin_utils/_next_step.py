# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Which command leads on from where a migration stands.  Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

MIGRATE, CUTOVER, BACK, VERIFY = "migrate", "cutover", "rollback", "verify"
LOOK, RESUME = "status", "resume"
"""What can be typed: each is a playbook, but for ``CUTOVER``, which is ``MIGRATE`` with an option."""

UNKNOWN, STOPPED, PARTLY, OLD, NEW, MIXED = "unknown", "stopped", "partly", "old", "new", "mixed"
"""What CUBE does: nobody knows, nothing of it runs, not all hosts run it, or which storage it uses."""

_FINISH_OR_BACK = {CUTOVER: "finish the cutover", BACK: "go back to the old storage"}
_ANEW = {CUTOVER: "begin the cutover anew", BACK: "stay on the old storage"}
_DIFFER = {VERIFY: "see what differs"}


class NextStep(NamedTuple):
    """What is so, and what can be done.

    :param text: a sentence, in which ``{frozen}`` stands for that moment of the migration; empty
        when there is nothing to say.
    :param commands: from what can be typed to what end.
    """

    text: str
    commands: Mapping[str, str]


_STRANGE = NextStep("CUBE uses the new storage, which was not proved equal.", _DIFFER)

_STEPS: dict[str, dict[str, NextStep]] = {
    "": {
        UNKNOWN: NextStep("Nothing was migrated yet.", {MIGRATE: "begin"}),
        STOPPED: NextStep("CUBE is stopped, and nothing was migrated yet.", {MIGRATE: "begin"}),
        NEW: _STRANGE,
        MIXED: _STRANGE,
    },
    "copying": {
        UNKNOWN: NextStep(
            "", {MIGRATE: "copy what has changed", CUTOVER: "switch CUBE once little is left"}
        ),
        STOPPED: NextStep(
            "CUBE is stopped, and the migration has not stopped it or has not recorded that.",
            {CUTOVER: "go on with the cutover", BACK: "start CUBE on the old storage"},
        ),
        PARTLY: NextStep(
            "CUBE does not run on all of its hosts.",
            {CUTOVER: "go on with the cutover", BACK: "start CUBE on the old storage"},
        ),
        NEW: _STRANGE,
        MIXED: _STRANGE,
    },
    "frozen": {
        UNKNOWN: NextStep("CUBE was stopped at {frozen} for a cutover.", _FINISH_OR_BACK),
        STOPPED: NextStep("CUBE is stopped since {frozen}.", _FINISH_OR_BACK),
        PARTLY: NextStep(
            "CUBE was stopped at {frozen}, and does not run on all of its hosts.", _FINISH_OR_BACK
        ),
        OLD: NextStep("A cutover was broken off, and CUBE runs on the old storage.", _ANEW),
        NEW: _STRANGE,
        MIXED: _STRANGE,
    },
    "verified": {
        UNKNOWN: NextStep(
            "CUBE was stopped at {frozen}, and the cutover has not ended.", _FINISH_OR_BACK
        ),
        STOPPED: NextStep("CUBE is stopped since {frozen}.", _FINISH_OR_BACK),
        PARTLY: NextStep(
            "CUBE was stopped at {frozen}, and does not run on all of its hosts.", _FINISH_OR_BACK
        ),
        OLD: NextStep("A cutover was broken off, and CUBE runs on the old storage.", _ANEW),
        NEW: NextStep("CUBE uses the new storage, and the cutover has not ended.", _FINISH_OR_BACK),
        MIXED: NextStep(
            "CUBE runs on the old and on the new storage.", {BACK: "go back to the old storage"}
        ),
    },
    "cut-over": {
        UNKNOWN: NextStep("The cutover is done.", {BACK: "go back to the old storage"}),
        STOPPED: NextStep(
            "The cutover is done, and CUBE is stopped. Start its services,"
            " unless a way back was broken off.",
            {BACK: "go back to the old storage"},
        ),
        PARTLY: NextStep(
            "The cutover is done, and CUBE does not run on all of its hosts. Start its services,"
            " unless a way back was broken off.",
            {BACK: "go back to the old storage"},
        ),
        OLD: NextStep(
            "CUBE runs on the old storage: a way back was broken off.",
            {BACK: "finish the way back"},
        ),
        MIXED: NextStep(
            "CUBE runs on the old and on the new storage.", {BACK: "go back to the old storage"}
        ),
    },
    "rolled-back": {
        UNKNOWN: NextStep("CUBE went back to the old storage.", {MIGRATE: "migrate anew"}),
        STOPPED: NextStep(
            "CUBE went back to the old storage, and is stopped. Start its services.",
            {MIGRATE: "migrate anew"},
        ),
        PARTLY: NextStep(
            "CUBE went back to the old storage, and does not run on all of its hosts."
            " Start its services.",
            {MIGRATE: "migrate anew"},
        ),
        NEW: _STRANGE,
        MIXED: _STRANGE,
    },
}


def cube_state(cubes: Sequence[Mapping[str, Any]]) -> str:
    """Say in a word what CUBE does.

    :param cubes: for each host its ``running`` services and its ``storage``, or the ``problem``.
    """
    if not cubes or any(cube["problem"] for cube in cubes):
        return UNKNOWN
    up = [cube for cube in cubes if cube["running"]]
    if not up:
        return STOPPED
    if len(up) < len(cubes):
        return PARTLY
    storages = {str(cube["storage"]) for cube in cubes}
    if storages <= {OLD} or storages <= {NEW}:
        return storages.pop()
    return MIXED


def next_step(
    phase: str | None, cube: str, under_way: str = "", *, paused: bool = False
) -> NextStep:
    """Choose what to say and what to type.

    :param phase: of the migration; empty if there is none, None if nobody knows.
    :param cube: what CUBE does.
    :param under_way: says what works on the migration now; empty if nothing does.
    :param paused: whether some of that is paused.
    """
    if phase is None:
        return NextStep("How far the migration is cannot be told.", {LOOK: "look again"})
    steps = _STEPS[phase]
    step = steps.get(cube, steps[UNKNOWN])
    if not under_way:
        return step
    look = {RESUME: "let it go on"} if paused else {}
    look[LOOK] = "look again"
    if phase not in ("frozen", "verified") or cube in (OLD, NEW, MIXED):
        return NextStep(under_way, look)
    commands = {key: f"{why}, if nobody is at it any more" for key, why in step.commands.items()}
    return NextStep(f"{step.text} {under_way}", {**look, **commands})
