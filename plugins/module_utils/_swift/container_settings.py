# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A container's settings: what it has, what is wanted, and the headers between.  Pure.

An empty value clears a setting on Swift and on Ceph RGW; ``X-Remove-…`` does so on Swift only.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from .._errors import MigrationError
from .._transport.header import whole_number

_META = "x-container-meta-"
_READ = "X-Container-Read"
_WRITE = "X-Container-Write"
_VERSIONS = "X-Versions-Enabled"
_POLICY = "X-Storage-Policy"
_QUOTAS = {"quota_bytes": "Quota-Bytes", "quota_count": "Quota-Count"}
TEMP_URL_KEYS = ("Temp-Url-Key", "Temp-Url-Key-2")
"""They sign URLs for everybody: never shown, and no user sets them here."""

# Where old versions of objects go, in the two older ways of keeping them.
_ARCHIVES = ("x-versions-location", "x-history-location")
_SYNC = "x-container-sync-to"
_TOKEN = re.compile(r"[!#$%&'*+.^`|~0-9A-Za-z-]+")
_REFERRER = re.compile(r"\.r(?:ef(?:err?er)?)?\s*:\s*(-?)\s*(?:\*(?=\.))?")


@dataclasses.dataclass(frozen=True, kw_only=True)
class ContainerState:
    """What a HEAD of a container tells.

    :param objects: number of objects.  :param bytes: their size; an SLO may count with the size
        of its manifest only.
    :param quota_bytes: largest size in bytes, None for no limit; ``quota_count`` likewise.
    :param metadata: without quotas and keys of temporary URLs; names as ``Title-Case``.
    :param versioning: whether old versions of objects are kept.
    :param created: the ``X-Timestamp``; empty if the server does not tell.
    :param temp_url_keys: secrets by their names in the metadata.
    :param archive: the container that old versions of objects go to; empty for none.
    :param synchronized: whether the servers copy each object to a container of another cluster.
    """

    exists: bool
    objects: int = 0
    bytes: int = 0
    read_acl: str = ""
    write_acl: str = ""
    quota_bytes: int | None = None
    quota_count: int | None = None
    metadata: Mapping[str, str] = dataclasses.field(default_factory=dict)
    storage_policy: str | None = None
    versioning: bool = False
    created: str = ""
    temp_url_keys: Mapping[str, str] = dataclasses.field(default_factory=dict, repr=False)
    archive: str = ""
    synchronized: bool = False

    @classmethod
    def of(cls, headers: Mapping[str, str]) -> ContainerState:
        """Read the headers of a HEAD: names in lower case, values Latin-1 text."""
        read = {name: _from_wire(value) for name, value in headers.items()}
        metadata = {
            _title(name.removeprefix(_META)): value
            for name, value in read.items()
            if name.startswith(_META)
        }
        quotas = {key: whole_number(metadata.pop(name, "")) for key, name in _QUOTAS.items()}
        keys = {key: metadata.pop(key) for key in TEMP_URL_KEYS if key in metadata}
        archive = next((read[header] for header in _ARCHIVES if read.get(header)), "")
        return cls(
            exists=True,
            objects=whole_number(read.get("x-container-object-count", "")) or 0,
            bytes=whole_number(read.get("x-container-bytes-used", "")) or 0,
            read_acl=read.get(_READ.lower(), ""),
            write_acl=read.get(_WRITE.lower(), ""),
            metadata=dict(sorted(metadata.items())),
            storage_policy=read.get(_POLICY.lower()),
            versioning=read.get(_VERSIONS.lower(), "").lower() == "true",
            created=read.get("x-timestamp", ""),
            temp_url_keys=keys,
            archive=unquote(archive).partition("/")[0],
            synchronized=bool(read.get(_SYNC)),
            **quotas,
        )

    def describe(self, name: str) -> dict[str, Any]:
        """Give all of it, for a module's result."""
        shown = dataclasses.asdict(self)
        for hidden in ("created", "temp_url_keys", "archive", "synchronized"):
            del shown[hidden]
        return {"name": name, **shown}

    def settings(self) -> dict[str, Any]:
        """Give what can be set, for a diff; nothing if there is no container."""
        if not self.exists:
            return {}
        shown = dataclasses.asdict(self)
        for counted in ("exists", "objects", "bytes", "created", "archive", "synchronized"):
            del shown[counted]
        shown["temp_url_keys"] = dict.fromkeys(sorted(self.temp_url_keys), "set")
        return shown


@dataclasses.dataclass(frozen=True, kw_only=True)
class ContainerSettings:
    """What is wanted of a container; ``None`` leaves a setting as it is.

    :param quota_bytes: 0 for no limit; ``quota_count`` likewise.
    :param metadata: these names only; an empty value removes one.
    :param temp_url_keys: secrets by their names in the metadata, which come from another container.
    """

    read_acl: str | None = None
    write_acl: str | None = None
    quota_bytes: int | None = None
    quota_count: int | None = None
    metadata: Mapping[str, str] = dataclasses.field(default_factory=dict)
    storage_policy: str | None = None
    versioning: bool | None = None
    temp_url_keys: Mapping[str, str] = dataclasses.field(default_factory=dict, repr=False)

    @classmethod
    def from_params(cls, params: Mapping[str, Any]) -> ContainerSettings:
        """Take the settings out of a module's parameters.

        :raises MigrationError: a setting that no server could store.
        """
        given: dict[str, Any] = {
            field.name: params.get(field.name)
            for field in dataclasses.fields(cls)
            if field.name != "temp_url_keys"
        }
        given["metadata"] = _checked_metadata(given["metadata"] or {})
        for name in _QUOTAS:
            if (given[name] or 0) < 0:
                raise MigrationError(
                    f"{given[name]} is below zero", option=name, remedy="0 means no limit"
                )
        return cls(**given)

    def applied_to(self, state: ContainerState) -> ContainerState:
        """Give the state that a container will have when it has these settings."""
        metadata = {**state.metadata, **self.metadata}
        wanted: dict[str, Any] = {
            "exists": True,
            "metadata": {key: value for key, value in sorted(metadata.items()) if value},
            "temp_url_keys": {**state.temp_url_keys, **self.temp_url_keys},
        }
        for name, old in (("read_acl", state.read_acl), ("write_acl", state.write_acl)):
            new = getattr(self, name)
            wanted[name] = old if new is None or same_acl(new, old) else new
        for name in _QUOTAS:
            if getattr(self, name) is not None:
                wanted[name] = getattr(self, name) or None
        if self.versioning is not None:
            wanted["versioning"] = self.versioning
        if self.storage_policy and not state.exists:
            wanted["storage_policy"] = self.storage_policy
        return dataclasses.replace(state, **wanted)

    def headers(self, state: ContainerState) -> dict[str, str]:
        """Give the headers that bring a container from its state to these settings.

        Empty if there is nothing to change.  Nothing that these settings do not name is touched.
        """
        new = self.applied_to(state)
        headers: dict[str, str] = {}
        if new.read_acl != state.read_acl:
            headers[_READ] = new.read_acl
        if new.write_acl != state.write_acl:
            headers[_WRITE] = new.write_acl
        for name, header in _QUOTAS.items():
            limit = getattr(new, name)
            if limit != getattr(state, name):
                headers[f"X-Container-Meta-{header}"] = "" if limit is None else str(limit)
        for key in self.metadata:
            value = new.metadata.get(key, "")
            if value != state.metadata.get(key, ""):
                headers[f"X-Container-Meta-{key}"] = value
        for key, value in self.temp_url_keys.items():
            if value != state.temp_url_keys.get(key):
                headers[f"X-Container-Meta-{key}"] = value
        if new.versioning != state.versioning:
            headers[_VERSIONS] = str(new.versioning).lower()
        if new.storage_policy != state.storage_policy:
            headers[_POLICY] = str(new.storage_policy)
        return {name: _to_wire(value) for name, value in headers.items()}


def same_acl(one: str, other: str) -> bool:
    """Tell whether two ACLs mean the same, though the server may have rewritten one.

    Swift writes ``.referrer: *`` as ``.r:*``.  Only among referrers does the order matter.
    """
    return _acl(one) == _acl(other)


def _acl(text: str) -> tuple[list[str], list[str]]:
    items = [item.strip() for item in text.split(",") if item.strip()]
    referrers = [_REFERRER.sub(r".r:\1", item) for item in items if _REFERRER.match(item)]
    return referrers, sorted({item for item in items if not _REFERRER.match(item)})


def _checked_metadata(given: Mapping[str, Any]) -> dict[str, str]:
    metadata: dict[str, str] = {}
    for name, value in given.items():
        key = _title(str(name))
        problem = remedy = None
        if not _TOKEN.fullmatch(key):
            problem = "not a name for metadata: it takes letters, digits and hyphens"
            remedy = "Servers drop a name with an underscore: write a hyphen instead"
        elif key in TEMP_URL_KEYS:
            problem = "a key of temporary URLs is a secret, which does not belong here"
        elif key in _QUOTAS.values():
            problem = "a quota is not set as metadata"
            remedy = "Set quota_bytes or quota_count"
        elif value is not None and re.search(r"[\x00-\x1f\x7f]", str(value)):
            problem = "the value has a control character"
        if problem:
            raise MigrationError(problem, option=f"metadata.{name}", remedy=remedy)
        metadata[key] = "" if value is None else str(value).strip()
    return metadata


def _title(name: str) -> str:
    return "-".join(part.capitalize() for part in name.split("-"))


def _from_wire(value: str) -> str:
    return value.encode("latin-1").decode("utf-8", "replace")


def _to_wire(value: str) -> str:
    return value.encode().decode("latin-1")
