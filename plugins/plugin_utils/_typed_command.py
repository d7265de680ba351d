# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The command that a user has typed, to be shown and typed again."""

from __future__ import annotations

import posixpath
import re
import shlex
import shutil
from collections.abc import Sequence
from dataclasses import dataclass

_COLLECTION = "fnndsc.swift_migration"
_HARMLESS = re.compile(
    r"""@.*|swift_migration_cutover=\w+|\{"swift_migration_cutover": ?\w+\}""", re.DOTALL
)
_HIDDEN = "(as before)"
_OWN = {
    f"{name}.yml"
    for name in (
        *("cutover", "migrate", "preflight", "rehearse", "rollback", "verify"),
        *("limits", "pause", "resume", "status", "stop"),
    )
}


@dataclass(frozen=True)
class TypedCommand:
    """The command that the user typed.

    :ivar argv: the program and its arguments.
    :ivar playbooks: the arguments that are playbooks.
    :ivar extra_vars: the values of ``--extra-vars``.  They may hold secrets, so that none is shown
        but a file's name and ``swift_migration_cutover``.
    """

    argv: Sequence[str]
    playbooks: Sequence[str]
    extra_vars: Sequence[str]

    def again(self) -> str:
        """The same command, for a shell."""
        return shlex.join(self._shown(self.argv[1:]))

    def with_playbook(self, name: str) -> str:
        """The same command with another playbook of this collection, such as ``rollback``."""
        words = list(self.argv[1:])
        for playbook in reversed(self.playbooks):
            del words[len(words) - 1 - words[::-1].index(playbook)]
        return shlex.join(self._shown([*words, self._beside(name)]))

    def _shown(self, words: Sequence[str]) -> list[str]:
        secret = [value for value in self.extra_vars if value and not _HARMLESS.fullmatch(value)]
        shown = [self._program()]
        for word in words:
            value = next(filter(word.endswith, secret), "")
            shown.append(word.removesuffix(value) + _HIDDEN if value else word)
        return shown

    def _program(self) -> str:
        name = posixpath.basename(self.argv[0])
        return name if shutil.which(name) == self.argv[0] else self.argv[0]

    def _beside(self, name: str) -> str:
        """The playbook as the user would name it who has named one of this collection."""
        last = self.playbooks[-1] if self.playbooks else ""
        if posixpath.basename(last) in _OWN:
            return posixpath.join(posixpath.dirname(last), f"{name}.yml")
        return f"{_COLLECTION}.{name}"
