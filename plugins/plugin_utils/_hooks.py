# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The user's hooks: whom to tell what, and a process that does it."""

from __future__ import annotations

import contextlib
import hashlib
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ansible_collections.fnndsc.swift_migration.plugins.module_utils._printable import printable
from ansible_collections.fnndsc.swift_migration.plugins.plugin_utils import _hook_teller

PHASE, RUN = "phase", "run"

OPTIONS: dict[str, Any] = {
    "command": {"type": "list", "elements": "str"},
    "url": {"type": "str", "no_log": True},
    "events": {"type": "list", "elements": "str", "choices": [PHASE, RUN], "default": [PHASE, RUN]},
    "timeout": {"type": "float", "default": 30},
}
"""The argument specification of one hook."""

WAIT = 2.0
"""Seconds that a playbook waits for all hooks together."""


def wrong(hook: Mapping[str, Any]) -> str:
    """Why a hook cannot be one, "" if it can."""
    if bool(hook["command"]) == bool(hook["url"]):
        return "give each hook either a command or a url"
    if hook["timeout"] <= 0:
        return "timeout: give a positive number of seconds"
    if hook["url"]:
        try:
            parts = urlsplit(hook["url"])
        except ValueError:
            return "url: it is none"
        if parts.scheme not in ("http", "https") or not parts.hostname:
            return "url: give one that begins with https:// or http://"
        if parts.username or parts.password:
            return "url: a user and a password in it would not be sent"
    return ""


def record_path(folder: Path, *names: str) -> Path:
    """Where it stands which phase of a migration was told last.

    :param names: of what tells the migration from others.
    """
    return folder / f"{hashlib.sha256(json.dumps(names).encode()).hexdigest()[:16]}.json"


def tell(
    hooks: Sequence[Mapping[str, Any]],
    event: Mapping[str, Any],
    record: Path | None = None,
    *,
    is_new: bool = True,
    wait: float = WAIT,
) -> dict[str, Any]:
    """Tell hooks of an event; those that take longer go on, and are not waited for.

    :param hooks: as ``OPTIONS`` has them.
    :param record: where it stands what was told, for an event that is told once.
    :param is_new: whether the event is known to have happened now.
    :param wait: seconds.
    :returns: ``told``, None while nobody knows; and ``problems``, a sentence each.
    """
    concerned = [dict(hook) for hook in hooks if event["event"] in hook["events"]]
    given = {
        "hooks": concerned,
        "event": _printable_in(dict(event)),
        "record": str(record) if record else None,
        "is_new": is_new,
    }
    process = subprocess.Popen(  # noqa: S603 - a program of this collection
        [sys.executable, str(Path(_hook_teller.__file__).absolute())],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        output, _nothing = process.communicate(json.dumps(given).encode(), wait)
        found: dict[str, Any] = json.loads(output)
    except subprocess.TimeoutExpired:
        with contextlib.suppress(OSError):
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    stream.close()
        late = f"hooks did not answer within {wait:g} s. They go on, and nobody waits for them"
        return {"told": None, "problems": [late]}
    except ValueError:
        where = f", as {record} cannot be written" if record else ""
        return {"told": None, "problems": [f"hooks could not be told{where}"]}
    return found


def _printable_in(value: Any) -> Any:
    """The same with all texts in it printable, which may be names of objects."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, dict):
        return {printable(str(key)): _printable_in(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_printable_in(each) for each in value]
    return value
