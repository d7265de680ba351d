# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Programs that answer as a test wants, and a note of how they were called."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.command import (
    CommandRunner,
    Completed,
)

Answer = Callable[..., Completed]


@dataclass
class Answering(CommandRunner):
    """Gives a function's answer to each command.

    :ivar answer: called as :meth:`CommandRunner.run` is.
    :ivar asked: the commands so far.
    """

    answer: Answer
    asked: list[list[str]] = field(default_factory=list)

    def run(self, argv: Sequence[str], **options: Any) -> Completed:
        self.asked.append(list(argv))
        return self.answer(argv, **options)

    def lines(self, argv: Sequence[str], **options: Any) -> Iterator[bytes]:
        """The lines of the answer's output."""
        yield from self.run(argv, **options).stdout.encode().splitlines()
