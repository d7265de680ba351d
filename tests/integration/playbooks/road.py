# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The commands of the documentation, taken from there, and a terminal in which a user types them."""

from __future__ import annotations

import os
import pty
import pwd
import re
import select
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

from tests.integration.playbooks.controller import ROOT, Run

BLOCK = re.compile(
    r"^ *<!-- road: (?P<name>[a-z ]+) -->\n *```console\n(?P<lines>.*?)^ *```$",
    re.MULTILINE | re.DOTALL,
)
COMMAND = re.compile(r"^ *\$ (.+)$", re.MULTILINE)
END = re.compile(r"\r?\n<<end (\d+)>>\r?\n")
CODES = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")
SECONDS = 600.0


def roads(path: str) -> dict[str, list[str]]:
    """The commands of a file of the documentation, by the name that stands before their block.

    :param path: below the checkout.
    """
    text = (ROOT / path).read_text()
    found = {each["name"]: COMMAND.findall(each["lines"]) for each in BLOCK.finditer(text)}
    assert len(found) == text.count("<!-- road: "), (
        f"{path} has a road that is no block of commands"
    )
    return found


class Terminal:
    """A shell at a terminal, in which commands are typed one after the other.

    :param directory: where it begins.
    :param environment: all variables that the user has.
    :param answers: from the begin of a prompt to what the user types then.
    :param account: the account that the user has on this host.
    """

    def __init__(
        self,
        directory: Path,
        environment: Mapping[str, str],
        answers: Mapping[str, str],
        account: str,
    ) -> None:
        self._answers = answers
        self._own, theirs = pty.openpty()
        self._shell = subprocess.Popen(
            ["/bin/bash", "--noprofile", "--norc"],
            cwd=directory,
            env={**environment, "TERM": "dumb", "PS1": "", "PS2": ""},
            preexec_fn=lambda: os.login_tty(theirs),
            user=account,
            group=pwd.getpwnam(account).pw_gid,
            extra_groups=[],
        )
        os.close(theirs)
        self.type("stty -echo")

    def type(self, command: str) -> Run:
        """Type a command, answer what it asks, and give its status and all that it printed."""
        os.write(self._own, f"{command}; printf '\\n<<end %d>>\\n' $?\n".encode())
        shown, answered = "", 0
        deadline = time.monotonic() + SECONDS
        while not (end := END.search(shown)):
            ready = select.select([self._own], [], [], max(0, deadline - time.monotonic()))[0]
            assert ready, f"{command} does not end:\n{shown}"
            shown += os.read(self._own, 65536).decode(errors="replace")
            for prompt, answer in self._answers.items():
                if re.search(rf"{prompt}[^\n]*: ?$", shown[answered:]):
                    answered = len(shown)
                    os.write(self._own, f"{answer}\n".encode())
        output = CODES.sub("", shown[: end.start()]).replace("\r\n", "\n")
        return Run(int(end[1]), output)

    def close(self) -> None:
        """End the shell."""
        self._shell.kill()
        self._shell.wait()
        os.close(self._own)
