# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What an application has acknowledged: the account that a migration is held to."""

from __future__ import annotations

import json
import threading
from pathlib import Path

Outcomes = frozenset[str | None]
"""The SHA-256 of each content that a file may have; None for a file that may not be there."""


class Ledger:
    """Writes to files, each noted before it is asked for and when it is answered.

    It is kept in a file, line by line, so that it survives its process and can be read by another.
    One name is written by one thread at a time.

    :param path: of the file; what is in it counts.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._known: dict[str, Outcomes] = {}
        self._begun: dict[str, str | None] = {}
        if path.exists():
            for line in path.read_text().splitlines():
                self._apply(*json.loads(line))

    def begin(self, name: str, sha256: str | None) -> None:
        """Note that a content is about to be written, or with None that the file is deleted."""
        self._note("begin", name, sha256)

    def acknowledge(self, name: str) -> None:
        """Note that the application has said that it is done: from now on nothing else is right."""
        self._note("acknowledge", name, None)

    def withdraw(self, name: str) -> None:
        """Note that the application was never asked: all is as it was before."""
        self._note("withdraw", name, None)

    def expected(self) -> dict[str, Outcomes]:
        """Return what each file may be.

        Where an answer never came, either is right: what was there before, or what was asked for.
        """
        with self._lock:
            found = dict(self._known)
            for name, sha256 in self._begun.items():
                found[name] = self._before(name) | {sha256}
            return found

    def _before(self, name: str) -> Outcomes:
        return self._known.get(name, frozenset({None}))

    def _note(self, event: str, name: str, sha256: str | None) -> None:
        with self._lock:
            with self._path.open("a") as file:
                file.write(json.dumps([event, name, sha256]) + "\n")
            self._apply(event, name, sha256)

    def _apply(self, event: str, name: str, sha256: str | None) -> None:
        if event == "begin":
            if name in self._begun:  # never answered, so it may have been done or not
                self._known[name] = self._before(name) | {self._begun[name]}
            self._begun[name] = sha256
        elif event == "acknowledge":
            self._known[name] = frozenset({self._begun.pop(name)})
        else:
            del self._begun[name]
