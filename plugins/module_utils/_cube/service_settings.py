# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What a service runs with, compared with what it would be started with.  Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

_PROXIES = {
    name
    for each in ("http_proxy", "https_proxy", "ftp_proxy", "no_proxy", "all_proxy")
    for name in (each, each.upper())
}
"""What Docker's client adds by its own configuration, which no file of the deployment shows."""

OTHER_IMAGE = "another image"


@dataclass(frozen=True)
class ServiceSettings:
    """What a service runs with.

    :ivar image: what tells it from any other: an ID, or a name with a digest.
    :ivar command: with the entry point.
    :ivar mounts: for each path in the container what is mounted there.
    :ivar ports: ``PUBLISHED:TARGET/PROTOCOL``.
    """

    image: str
    environment: Mapping[str, str] = field(default_factory=dict)
    command: Sequence[str] = ()
    user: str = ""
    folder: str = ""
    mounts: Mapping[str, str] = field(default_factory=dict)
    ports: Collection[str] = ()


def differences(
    now: ServiceSettings, then: ServiceSettings, apart_from: Collection[str]
) -> list[str]:
    """What a start would change.  No value is told, for it may be a secret.

    :param apart_from: names of variables that do not count.
    """
    told = [] if now.image == then.image else [OTHER_IMAGE]
    told += environment_differences(now.environment, then.environment, apart_from)
    for name in ("command", "user", "folder"):
        if getattr(now, name) != getattr(then, name):
            told.append(f"another {name}")
    for path in sorted({*now.mounts, *then.mounts}):
        if now.mounts.get(path) != then.mounts.get(path):
            what = "nothing" if path not in then.mounts else "something else"
            told.append(f"{what} mounted at {path}")
    if set(now.ports) != set(then.ports):
        told.append("other ports")
    return told


def environment_differences(
    now: Mapping[str, str], then: Mapping[str, str], apart_from: Collection[str]
) -> list[str]:
    """The variables that would change, by name and kind of change."""
    told = []
    for name in sorted({*now, *then} - set(apart_from)):
        before, after = now.get(name), then.get(name)
        if before == after or (after is None and name in _PROXIES):
            continue
        if before and not after:
            told.append(f"{name} {'empty' if after == '' else 'not set'}")
        else:
            told.append(f"{name} {'set' if before is None else 'changed'}")
    return told
