# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Somebody who uses the application all the time, whatever happens to it."""

from __future__ import annotations

import hashlib
import random
import threading
import uuid
from collections import Counter
from collections.abc import Callable

from tests.cube.api import Api, NotAskedError, UnansweredError
from tests.cube.ledger import Ledger

PREFIX = "uploads/"
PART = 8 * 1024 * 1024  # beyond it, boto3 uploads in parts
LARGE_EVERY = 25
MOST_FILES = 50  # of one thread; then it replaces and deletes only
WAIT_SECONDS = 1.0


class Writing:
    """Uploads, replacements and deletes by several threads, each with files of its own.

    :param ledger: where each of them is noted; the files that are certain in it are used again.
    :param pause: seconds that a thread waits after each, about.
    """

    def __init__(self, api: Api, ledger: Ledger, threads: int, pause: float) -> None:
        self.outcomes: Counter[str] = Counter()
        self._api = api
        self._ledger = ledger
        self._pause = pause
        self._files: list[list[str]] = [[] for _thread in range(threads)]
        for number, (name, outcomes) in enumerate(ledger.expected().items()):
            if len(outcomes) == 1 and None not in outcomes:
                self._files[number % threads].append(name)

    def run(self, told: threading.Event, operations: int | None = None) -> None:
        """Write until told to stop, or until each thread has done so many operations."""
        threads = [
            threading.Thread(target=self._write, args=(files, told, operations))
            for files in self._files
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _write(self, files: list[str], told: threading.Event, operations: int | None) -> None:
        rng = random.Random()  # noqa: S311
        done = 0
        while not told.is_set() and done != operations:
            pause = rng.uniform(0, 2 * self._pause)
            if self._step(rng, files, large=done % LARGE_EVERY == LARGE_EVERY // 2):
                done += 1
            else:
                pause = WAIT_SECONDS
            told.wait(pause)

    def _step(self, rng: random.Random, files: list[str], *, large: bool) -> bool:
        """Do one operation; return whether the application was there."""
        choice = rng.random()
        if not files or (choice < 0.6 and len(files) < MOST_FILES):
            name = _name(rng)
            content = _content(rng, large)
            outcome = self._note("uploaded", name, content, self._api.upload)
        elif choice < 0.95:
            name = files.pop(rng.randrange(len(files)))
            content = _content(rng, large)
            outcome = self._note("replaced", name, content, self._api.replace)
        else:
            name = files.pop(rng.randrange(len(files)))
            outcome = self._note(
                "deleted", name, None, lambda deleted, _content: self._api.delete(deleted)
            )
        self.outcomes[outcome] += 1
        # What came to nothing is as it was; what is uncertain is left alone from now on.
        if outcome in ("uploaded", "replaced") or (outcome == "waited" and self._is_there(name)):
            files.append(name)
        return outcome != "waited"

    def _is_there(self, name: str) -> bool:
        return None not in self._ledger.expected().get(name, {None})

    def _note(
        self,
        what: str,
        name: str,
        content: bytes | None,
        ask: Callable[[str, bytes], None],
    ) -> str:
        """Ask for one operation, and note what came of it."""
        sha256 = None if content is None else hashlib.sha256(content).hexdigest()
        self._ledger.begin(name, sha256)
        try:
            ask(name, content or b"")
        except NotAskedError:
            self._ledger.withdraw(name)
            return "waited"
        except UnansweredError:
            return "unanswered"
        self._ledger.acknowledge(name)
        return what


def _name(rng: random.Random) -> str:
    user = rng.choice(("chris", "rudolph", "jürgen", "山田"))
    suffix = rng.choice((".dcm", ".json", ".nii.gz", ".csv", ""))
    return f"{PREFIX}{user}/feed_{rng.randint(1, 20)}/data/{uuid.uuid4().hex}{suffix}"


def _content(rng: random.Random, large: bool) -> bytes:
    if large:
        return rng.randbytes(PART + rng.randrange(PART // 4))
    return rng.randbytes(round(rng.lognormvariate(8, 2)) % PART)
