# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The last line that a playbook prints, and the commands in it, typed as they stand there."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass

from tests.integration.playbooks.controller import ROOT, Controller, Run

RUNS = "CUBE runs on the {} storage (server, worker)."
STOPPED = "CUBE is stopped, and set up for the {} storage."


@dataclass(frozen=True)
class LastLine:
    """
    :ivar commands: what stands between backticks.
    """

    text: str
    commands: list[str]

    @classmethod
    def of(cls, run: Run) -> LastLine:
        text = run.output.rstrip("\n").rpartition("\n")[2]
        return cls(text, re.findall(r"`([^`]+)`", text))

    def type_command(self, controller: Controller, playbook: str) -> Run:
        """Run the one command that names a playbook."""
        [command] = [each for each in self.commands if playbook in each]
        done = subprocess.run(
            ["sh", "-c", command],
            cwd=ROOT,
            env=controller.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return Run(done.returncode, done.stdout)
