# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Programs that are run on this host, and the messages when they fail."""

from __future__ import annotations

import itertools
import json
import os
import re
import shlex
import subprocess
import tempfile
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from .._errors import MigrationError

BECOME = "Run this as a user who may, for example with become"
"""What to do about a permission that is missing."""

ANSWER_SECONDS = 300.0
"""Seconds that a program may take to answer, on however busy a host."""

WORK_SECONDS = 3600.0
"""Seconds that a program may take to pull images, start services or read a storage."""

_DENIED = "permission denied"
_LONG = 12
"""Characters from which on a secret is hidden wherever it stands."""


@dataclass(frozen=True)
class Completed:
    """What a program answered; its output may hold secrets."""

    status: int
    stdout: str
    stderr: str

    @property
    def names(self) -> list[str]:
        """What it printed, a name a line: sorted, each once."""
        return sorted({line.strip() for line in self.stdout.splitlines()} - {""})


class CommandRunner(Protocol):
    """What runs programs."""

    def run(
        self,
        argv: Sequence[str],
        *,
        option: str,
        may_fail: bool = False,
        stdin: str | None = None,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        timeout: float | None = ANSWER_SECONDS,
        user: int | None = None,
        group: int | None = None,
    ) -> Completed:
        """Run `argv` and wait for it.

        :param option: what the user gave that names this program.
        :param may_fail: return also when its status is not 0.
        :param stdin: its standard input; empty without it.
        :param env: the whole environment; this process's own without it.
        :param cwd: the folder where it runs; this process's own without it.
        :param timeout: seconds; None for no limit.
        :param user: the ID of the user whom it runs as, with ``group``; this one without it.
        :raises MigrationError: it is not there, takes too long, or fails though it may not.
        """

    def lines(
        self,
        argv: Sequence[str],
        *,
        option: str,
        stdin: str,
        env: Mapping[str, str] | None = None,
        timeout: float = WORK_SECONDS,
    ) -> Iterator[bytes]:
        """Run `argv`, and give the lines of its output while it runs, without their line feeds.

        The parameters are those of :meth:`run`.

        :raises MigrationError: after the last line; the same.
        """


@dataclass
class LocalCommandRunner(CommandRunner):
    """Runs programs here.  Of what they write, only the end of an error is shown, without `secrets`.

    :ivar secrets: values that no message may hold.
    """

    secrets: Iterable[str] = ()

    def run(
        self,
        argv: Sequence[str],
        *,
        option: str,
        may_fail: bool = False,
        stdin: str | None = None,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        timeout: float | None = ANSWER_SECONDS,
        user: int | None = None,
        group: int | None = None,
    ) -> Completed:
        """See :meth:`CommandRunner.run`."""
        try:
            done = subprocess.run(  # noqa: S603
                list(argv),
                input=stdin if stdin is not None else "",
                capture_output=True,
                check=False,
                text=True,
                errors="surrogateescape",
                env=env,
                cwd=cwd,
                timeout=timeout,
                **_identity(user, group),
            )
        except subprocess.TimeoutExpired:
            raise self._late(argv, option, timeout) from None
        except OSError as error:
            raise _not_run(argv, option, error) from None
        completed = Completed(done.returncode, done.stdout, done.stderr)
        if done.returncode and not may_fail:
            raise self._failed(argv, option, completed)
        return completed

    def lines(
        self,
        argv: Sequence[str],
        *,
        option: str,
        stdin: str,
        env: Mapping[str, str] | None = None,
        timeout: float = WORK_SECONDS,
    ) -> Iterator[bytes]:
        """See :meth:`CommandRunner.lines`."""
        with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as said:
            given.write(stdin.encode())
            given.seek(0)
            try:
                process = subprocess.Popen(  # noqa: S603
                    list(argv), stdin=given, stdout=subprocess.PIPE, stderr=said, env=env
                )
            except OSError as error:
                raise _not_run(argv, option, error) from None
            late = threading.Timer(timeout, process.kill)
            late.start()
            with process:
                try:
                    yield from (line.removesuffix(b"\n") for line in process.stdout or ())
                    process.wait()
                finally:
                    in_time = late.is_alive()
                    late.cancel()
                    process.kill()
            if not in_time:
                raise self._late(argv, option, timeout)
            if process.returncode:
                said.seek(0)
                text = said.read().decode(errors="replace")
                raise self._failed(argv, option, Completed(process.returncode, "", text))

    def _late(self, argv: Sequence[str], option: str, timeout: float | None) -> MigrationError:
        return MigrationError(
            f"{self._name(argv)} did not end within {timeout:.0f} seconds",
            option=option,
            remedy="Run it by hand. It may wait for an engine that does not answer, or for a "
            "service that neither starts nor stops",
        )

    def _failed(self, argv: Sequence[str], option: str, done: Completed) -> MigrationError:
        return MigrationError(
            f"{self._name(argv)} failed with status {done.status}: {self._end(done)}",
            option=option,
            remedy=BECOME if _DENIED in done.stderr.lower() else None,
        )

    def _name(self, argv: Sequence[str]) -> str:
        """The program and its subcommands, two at most."""
        pairs = itertools.pairwise(argv)
        subcommands = [word for last, word in pairs if word.isalpha() and last[:1] != "-"]
        return " ".join([argv[0], *subcommands[:2]])

    def _end(self, done: Completed) -> str:
        text = done.stderr or done.stdout
        forms = {form for secret in filter(None, self.secrets) for form in _forms(secret)}
        for form in sorted(forms, key=len, reverse=True):
            text = re.sub(_occurrence(form), "(hidden)", text)
        return " ".join(text.split())[-400:] or "it says nothing"


def _not_run(argv: Sequence[str], option: str, error: OSError) -> MigrationError:
    return MigrationError(
        f"cannot run {argv[0]}: {error.strerror}",
        option=option,
        remedy="Install it, or name another command",
    )


def _forms(secret: str) -> set[str]:
    """A secret as programs write it: as it is, with blanks joined, quoted, escaped."""
    return {
        secret,
        " ".join(secret.split()) or secret,
        shlex.quote(secret),
        repr(secret)[1:-1],
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
    }


def _occurrence(secret: str) -> str:
    """A pattern for a secret.  A short one must stand alone: it may be a part of another word."""
    found = re.escape(secret)
    return found if len(secret) >= _LONG else rf"(?<![\w./-]){found}(?![\w/-]|\.\w)"


def _identity(user: int | None, group: int | None) -> dict[str, Any]:
    """Who runs the program: only root may name another user; one's own name is left out."""
    if user is None or user == os.geteuid():
        return {}
    return {"user": user, "group": group, "extra_groups": []}
