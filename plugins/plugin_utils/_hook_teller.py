# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A program that tells the user's hooks of one event, and outlives who starts it.

It is a process of its own, so that what kills Ansible ends no hook, and a hook that hangs is not
waited for.  It needs the standard library only, as it is run by its path.  What it is to do comes
on its standard input, as addresses may hold secrets.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import Any

USER_AGENT = "fnndsc.swift_migration"


def main() -> None:
    """Read what is to be told and to whom, tell it, and print what went wrong."""
    given = json.load(sys.stdin)
    event, record = given["event"], given["record"]
    problems: list[str] = []
    told = True
    if record:
        told, event["before"] = claim(Path(record), event, is_new=given["is_new"])
    if told:
        problems = tell(given["hooks"], event)
    with contextlib.suppress(OSError):  # nobody may wait for it any more
        print(json.dumps({"told": told, "problems": problems}), flush=True)
    os._exit(0)  # a request that hangs is not waited for


def claim(path: Path, event: dict[str, Any], *, is_new: bool) -> tuple[bool, str]:
    """Note a phase as told, before it is, so that it is told once whatever is killed.

    :param path: the record, which has the last phase of the migration that was told.
    :param is_new: whether the phase is known to be a new one.  A phase that is only seen, and is
        the first that is, was not entered now.
    :returns: whether it is to be told, and the phase that was told before.
    :raises OSError: the record cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    value = {key: event[key] for key in ("migration", "since", "phase")}
    with _locked(path.with_suffix(".lock")):
        before = _read(path)
        if before == value:
            return False, str(before["phase"])
        _replace(path, json.dumps(value))
    return is_new or (before is not None and bool(event["phase"])), str((before or value)["phase"])


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(path, flags, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _read(path: Path) -> dict[str, Any] | None:
    try:
        found = json.loads(path.read_text())
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) and "phase" in found else None


def _replace(path: Path, text: str) -> None:
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def tell(hooks: list[dict[str, Any]], event: dict[str, Any]) -> list[str]:
    """Tell all hooks at the same time.

    :returns: what went wrong; the address of none is in it.
    """
    problems: dict[int, str] = {}
    threads = []
    for number, hook in enumerate(hooks, 1):
        problems[number] = f"did not answer within {hook['timeout']:g} s"
        thread = threading.Thread(
            target=_tell_one, args=(hook, event, number, problems), daemon=True
        )
        thread.start()
        threads.append((thread, hook["timeout"]))
    for thread, timeout in threads:
        thread.join(timeout + 1)
    return [f"hook {number} {why}" for number, why in problems.items() if why]


def _tell_one(
    hook: dict[str, Any], event: dict[str, Any], number: int, problems: dict[int, str]
) -> None:
    deliver = _run if hook.get("command") else _post
    try:
        problems[number] = deliver(hook, event)
    except (OSError, HTTPException, ValueError) as error:
        # The text of some errors has the address in it, which may be a secret.
        why = getattr(error, "reason", None)
        text = getattr(why if isinstance(why, OSError) else error, "strerror", None)
        problems[number] = f"failed: {text or type(error).__name__}"


def _run(hook: dict[str, Any], event: dict[str, Any]) -> str:
    """Run a command with the event as JSON on its standard input; "" if it succeeds."""
    more = {
        f"SWIFT_MIGRATION_{key.upper()}": str(event[key])
        for key in ("event", "phase", "run", "result")
        if event.get(key)
    }
    process = subprocess.Popen(  # noqa: S603 - it is the user's own command
        hook["command"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **more},
        start_new_session=True,
    )
    try:
        process.communicate(json.dumps(event).encode() + b"\n", hook["timeout"])
    except subprocess.TimeoutExpired:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        return f"ran longer than {hook['timeout']:g} s and was killed"
    return f"ended with status {process.returncode}" if process.returncode else ""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """What is sent to one address goes to no other."""

    def redirect_request(self, *_arguments: Any) -> None:
        return None


def _post(hook: dict[str, Any], event: dict[str, Any]) -> str:
    """Send the event as JSON in a POST; "" if the answer is a success."""
    request = urllib.request.Request(  # noqa: S310 - the action takes http and https only
        hook["url"],
        json.dumps(event).encode(),
        {"Content-Type": "application/json", "User-Agent": USER_AGENT},
    )
    opener = urllib.request.build_opener(_NoRedirect)
    try:
        answer: HTTPResponse
        with opener.open(request, timeout=hook["timeout"]) as answer:
            answer.read(1)
    except urllib.error.HTTPError as error:
        return f"answered {error.code}"
    return ""


if __name__ == "__main__":
    main()
