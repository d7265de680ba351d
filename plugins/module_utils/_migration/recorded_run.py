# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What a run's record tells of the run itself: which containers, and what it was asked."""

from __future__ import annotations

import dataclasses
import enum
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from .._swift.container import Container
from .._swift.symlink import account_of

_OF_SIDES = {"source", "destination"}
_ELSEWHERE = {"asker", "check"}


def recorded_side(container: Container, identity: str) -> dict[str, str]:
    """What identifies a container, for whoever reads that years later.

    :param identity: see :func:`.state.identity`.
    """
    profile = container.connection.known_profile
    url = _without_login(container.connection.storage_url)
    return {
        "url": url,
        "account": account_of(url),
        "container": container.name,
        "identity": identity,
        "server": " ".join(filter(None, (profile.name, profile.version))) if profile else "",
    }


def recorded_settings(options: Any) -> dict[str, Any]:
    """The options of a run, as they counted; logins are not among them.

    :param options: the dataclass that holds them.
    """
    return {
        field.name: _plain(getattr(options, field.name))
        for field in dataclasses.fields(options)
        if field.name not in _OF_SIDES | _ELSEWHERE
    }


def _plain(value: Any) -> Any:
    if isinstance(value, enum.Enum):
        return value.value
    return list(value) if isinstance(value, (list, tuple)) else value


def _without_login(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment=""))
