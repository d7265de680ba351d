# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Which settings a container takes over from the one it is filled from, and which not.  Pure."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable, Iterator

from .._swift.container_settings import TEMP_URL_KEYS, ContainerSettings, ContainerState
from .._transport.header import whole_number
from .carried_memory import OURS, CarriedMemory
from .write_fence import BEFORE, QUOTAS

METADATA, CORS, WEB = "metadata", "cors", "web"
KEYS, LIMITS, VERSIONS = "temp_url_keys", "quotas", "versioning"

KINDS = (METADATA, CORS, WEB, LIMITS, KEYS, VERSIONS)
"""What can be taken over."""

BY_DEFAULT = (METADATA, CORS, WEB)

PREFIXES = {CORS: "Access-Control-", WEB: "Web-"}

CALLED = {
    METADATA: "own metadata",
    CORS: "CORS settings",
    WEB: "settings for static web pages",
    KEYS: "keys of temporary URLs",
    LIMITS: "quotas",
    VERSIONS: "versioning, which keeps old versions of objects",
}

NEEDS = {
    WEB: "staticweb",
    KEYS: "tempurl",
    LIMITS: "container_quotas",
    VERSIONS: "object_versioning",
}
"""What the ``/info`` of a server lists that heeds such settings."""

_FENCE = BEFORE.removeprefix("x-container-meta-").title()

QUOTA_BYTES, QUOTA_COUNT, VERSIONING = "Quota-Bytes", "Quota-Count", "X-Versions-Enabled"

OPTIONS = {QUOTA_BYTES: "quota_bytes", QUOTA_COUNT: "quota_count", VERSIONING: "versioning"}
"""The options that set what is no metadata."""

Values = dict[str, str]
"""Values of settings by the names that they are called by."""


@dataclasses.dataclass(frozen=True)
class Carried:
    """What a container is to have, with what it takes over.

    :param settings: what is wanted, what the user has named included, which counts more.
    :param names: the settings that are taken over, as they are called.
    :param left: what is not, a sentence for each kind, or for each that differs.
    """

    settings: ContainerSettings
    names: tuple[str, ...]
    left: tuple[str, ...]

    def not_shown(self, headers: Iterable[str]) -> tuple[str, ...]:
        """Tell those taken over that a server has taken without an error, and does not show.

        It may have dropped them, or keep them to itself as Ceph does with quotas (measured).

        :param headers: the names of the headers that it does not show.
        """
        names = {header.removeprefix("X-Container-Meta-") for header in headers}
        found = [name for name in self.names if name in names]
        told = f"Taken over, but the destination does not show it afterwards: {', '.join(found)}."
        return (told,) if found else ()


def carry(
    source: ContainerState,
    present: ContainerState,
    wanted: ContainerSettings,
    kinds: Collection[str],
    features: Collection[str],
    option_prefix: str = "",
) -> Carried:
    """Add to what is wanted of a container what it takes over from another one.

    What somebody has set there to another value stays, and is told.

    :param present: the container as it is now.
    :param kinds: of :data:`KINDS`.
    :param features: what the ``/info`` of the server lists that gets the settings; empty when it
        does not tell.
    :param option_prefix: what the names of the user's options begin with.
    """
    taken: Values = {}
    left: list[str] = []
    theirs = {name: value for _kind, values in _found(present) for name, value in values.items()}
    memory = CarriedMemory.of(present)
    for kind, values in _found(source):
        told = f"{CALLED[kind]} ({', '.join(values)})"
        need = NEEDS.get(kind)
        if kind not in kinds:
            left.append(f"Not taken over: {told}. Add '{kind}' to {option_prefix}carry for that.")
            continue
        if kind == VERSIONS and need not in features:
            left.append(f"Not taken over: {told}. The destination cannot do it.")
            continue
        kept: Values = {}
        for name, value in values.items():
            there = theirs.get(name, value)
            if _is_named(wanted, name):
                continue
            if kind == LIMITS and value == "0":
                kept[name] = _why_no_fence(name, option_prefix)
            elif there == value or memory.has(name, there):
                taken[name] = value
            else:
                kept[name] = _why_kept(kind, name, value, there, option_prefix)
        left += kept.values()
        if need and features and need not in features and len(kept) < len(values):
            left.append(f"Taken over, but the destination does not heed it: {told}.")
    if source.read_acl or source.write_acl:
        left.append(
            f"Not taken over: who else may use the container (read '{source.read_acl}', write "
            f"'{source.write_acl}'), as other accounts mean other people. Set "
            f"{option_prefix}read_acl and {option_prefix}write_acl for that."
        )
    if source.synchronized:
        left.append("Not taken over: synchronization with another cluster (X-Container-Sync-To).")
    settings = _joined(wanted, taken, memory.after(taken))
    return Carried(settings, tuple(taken), tuple(left))


def _why_no_fence(name: str, option_prefix: str) -> str:
    return (
        f"Not taken over: {name}, which is 0 at the source, so that nobody can write there. Set "
        f"{option_prefix}{OPTIONS[name]} for another one."
    )


def _why_kept(kind: str, name: str, value: str, there: str, option_prefix: str) -> str:
    """Tell why a setting of the destination stays; of a secret only its name."""
    if kind == KEYS:
        return (
            f"Not taken over: {name}, as the destination has another one. Remove that one there to "
            "get the source's."
        )
    option = OPTIONS.get(name, "metadata")
    return (
        f"Not taken over: {name}, which is '{value}' at the source, as somebody has set it to "
        f"'{there}' at the destination. Set it in {option_prefix}{option} to the one that is right."
    )


def _found(state: ContainerState) -> Iterator[tuple[str, Values]]:
    """The settings that a container has, by their kinds."""
    metadata: dict[str, Values] = {METADATA: {}, CORS: {}, WEB: {}}
    for name, value in state.metadata.items():
        if not name.startswith(OURS):
            metadata[_kind(name)][name] = value
    limits = {name: str(limit) for name, limit in _limits(state).items() if limit is not None}
    found = {
        **metadata,
        KEYS: dict(sorted(state.temp_url_keys.items())),
        LIMITS: limits,
        VERSIONS: {VERSIONING: "true"} if state.versioning else {},
    }
    return ((kind, values) for kind, values in found.items() if values)


def _kind(name: str) -> str:
    return next((kind for kind, prefix in PREFIXES.items() if name.startswith(prefix)), METADATA)


def _limits(state: ContainerState) -> dict[str, int | None]:
    """The quotas, and where the fence of a migration stands, those from before."""
    limits = (state.quota_bytes, state.quota_count)
    if _FENCE in state.metadata:
        before = state.metadata[_FENCE].split("/")
        known = [whole_number(text) for text in before]
        limits = (known[0], known[-1]) if len(known) == len(QUOTAS) else (None, None)
    return {QUOTA_BYTES: limits[0], QUOTA_COUNT: limits[1]}


def _is_named(wanted: ContainerSettings, name: str) -> bool:
    """Whether the user has said what a setting is to be."""
    if name in OPTIONS:
        return getattr(wanted, OPTIONS[name]) is not None
    return name in wanted.metadata


def _joined(wanted: ContainerSettings, taken: Values, memory: Values) -> ContainerSettings:
    keys = {name: value for name, value in taken.items() if name in TEMP_URL_KEYS}
    plain = {name: value for name, value in taken.items() if name not in {*OPTIONS, *keys}}
    limits = {
        OPTIONS[name]: int(value)
        for name, value in taken.items()
        if name in (QUOTA_BYTES, QUOTA_COUNT)
    }
    return dataclasses.replace(
        wanted,
        quota_bytes=limits.get("quota_bytes", wanted.quota_bytes),
        quota_count=limits.get("quota_count", wanted.quota_count),
        versioning=VERSIONING in taken or wanted.versioning,
        metadata={**wanted.metadata, **plain, **memory},
        temp_url_keys={**wanted.temp_url_keys, **keys},
    )
