# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Which settings a container takes over from the one it is filled from, and which not.  Pure."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable
from typing import Any

from .._swift.container_settings import ContainerSettings, ContainerState
from .write_fence import BEFORE, QUOTAS

METADATA, CORS, WEB = "metadata", "cors", "web"
KEYS, LIMITS, VERSIONS = "temp_url_keys", "quotas", "versioning"

KINDS = (METADATA, CORS, WEB, LIMITS, KEYS, VERSIONS)
"""What can be taken over."""

BY_DEFAULT = (METADATA, CORS, WEB)

OURS = "Migration-"
"""What the names begin with under which a migration keeps its state.  It is never taken over."""

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


@dataclasses.dataclass(frozen=True)
class Found:
    """The settings of one kind that a container has.

    :param names: how they are called; of secrets no more is ever told.
    :param settings: the same as what is wanted of another container.
    """

    kind: str
    names: tuple[str, ...]
    settings: ContainerSettings


@dataclasses.dataclass(frozen=True)
class Carried:
    """What a container is to have, with what it takes over.

    :param settings: what is wanted, what the user has named included, which counts more.
    :param names: the settings that are taken over, as they are called.
    :param left: what is not, a sentence for each kind.
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
    wanted: ContainerSettings,
    kinds: Collection[str],
    features: Collection[str],
    option_prefix: str = "",
) -> Carried:
    """Add to what is wanted of a container what it takes over from another one.

    :param kinds: of :data:`KINDS`.
    :param features: what the ``/info`` of the server lists that gets the settings; empty when it
        does not tell.
    :param option_prefix: what the names of the user's options begin with.
    """
    names: list[str] = []
    left: list[str] = []
    for found in _found(source):
        told = f"{CALLED[found.kind]} ({', '.join(found.names)})"
        need = NEEDS.get(found.kind)
        if found.kind not in kinds:
            left.append(
                f"Not taken over: {told}. Add '{found.kind}' to {option_prefix}carry for that."
            )
        elif found.kind == VERSIONS and need not in features:
            left.append(f"Not taken over: {told}. The destination cannot do it.")
        else:
            names += [name for name in found.names if not _is_named(wanted, name)]
            wanted = _joined(wanted, found.settings)
            if need and features and need not in features:
                left.append(f"Taken over, but the destination does not heed it: {told}.")
    if source.read_acl or source.write_acl:
        left.append(
            f"Not taken over: who else may use the container (read '{source.read_acl}', write "
            f"'{source.write_acl}'), as other accounts mean other people. Set "
            f"{option_prefix}read_acl and {option_prefix}write_acl for that."
        )
    if source.synchronized:
        left.append("Not taken over: synchronization with another cluster (X-Container-Sync-To).")
    return Carried(wanted, tuple(names), tuple(left))


def _found(source: ContainerState) -> Iterable[Found]:
    metadata: dict[str, dict[str, str]] = {METADATA: {}, CORS: {}, WEB: {}}
    for name, value in source.metadata.items():
        if not name.startswith(OURS):
            metadata[_kind(name)][name] = value
    for kind, items in metadata.items():
        if items:
            yield Found(kind, tuple(items), ContainerSettings(metadata=items))
    if keys := source.temp_url_keys:
        yield Found(KEYS, tuple(sorted(keys)), ContainerSettings(temp_url_keys=keys))
    limits = _limits(source)
    if names := tuple(name for name, limit in limits.items() if limit is not None):
        settings = ContainerSettings(
            quota_bytes=limits["Quota-Bytes"], quota_count=limits["Quota-Count"]
        )
        yield Found(LIMITS, names, settings)
    if source.versioning:
        yield Found(VERSIONS, ("X-Versions-Enabled",), ContainerSettings(versioning=True))


def _kind(name: str) -> str:
    return next((kind for kind, prefix in PREFIXES.items() if name.startswith(prefix)), METADATA)


def _limits(source: ContainerState) -> dict[str, int | None]:
    """The quotas, and where the fence of a migration stands, those from before."""
    limits = (source.quota_bytes, source.quota_count)
    if _FENCE in source.metadata:
        before = source.metadata[_FENCE].split("/")
        known = [int(text) if text.isdecimal() else None for text in before]
        limits = (known[0], known[-1]) if len(known) == len(QUOTAS) else (None, None)
    return {"Quota-Bytes": limits[0], "Quota-Count": limits[1]}


def _is_named(wanted: ContainerSettings, name: str) -> bool:
    """Whether the user has said what a setting is to be."""
    named: dict[str, object] = {
        "Quota-Bytes": wanted.quota_bytes,
        "Quota-Count": wanted.quota_count,
        "X-Versions-Enabled": wanted.versioning,
        **wanted.metadata,
    }
    return named.get(name) is not None


def _joined(wanted: ContainerSettings, carried: ContainerSettings) -> ContainerSettings:
    """What the user has named counts more."""
    found: dict[str, Any] = {
        "metadata": {**carried.metadata, **wanted.metadata},
        "temp_url_keys": {**wanted.temp_url_keys, **carried.temp_url_keys},
    }
    for name in ("quota_bytes", "quota_count", "versioning"):
        if getattr(wanted, name) is None:
            found[name] = getattr(carried, name)
    return dataclasses.replace(wanted, **found)
