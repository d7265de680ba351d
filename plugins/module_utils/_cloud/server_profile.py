# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What a server is and can do, as its ``/info`` tells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Self, TypeVar
from urllib.parse import urlsplit

from .metadata_limits import MetadataLimits
from .object_limits import ObjectLimits

Limit = TypeVar("Limit", int, "int | None")

BULK_NAMES = 1000
"""Names in one bulk delete where the server tells no number: Ceph's default."""

RADOS_GATEWAY_META_NAME = 80
"""Characters of a metadata item's name that Ceph RGW takes, without saying so (measured)."""


@dataclass(frozen=True)
class ServerProfile:
    """What a server is, what it can do and what it takes.

    :param name: ``swift`` or ``ceph``; None when it does not tell.
    :param version: None when it does not tell.
    :param objects: what it takes of one object.
    :param metadata: what it takes of one object's metadata.
    :param bulk_delete: names in one bulk delete; 0 for a server without them.
    :param object_versioning: whether it can keep old versions of objects.
    :param policies: the names of its storage policies, by their names and aliases in lower case.
    :param features: the names of what its ``/info`` lists; empty when it does not tell.
    :param default_policy: the storage policy of a container that asks for none.
    """

    name: str | None = None
    version: str | None = None
    objects: ObjectLimits = field(default_factory=ObjectLimits)
    metadata: MetadataLimits = field(default_factory=MetadataLimits)
    bulk_delete: int = 0
    object_versioning: bool = False
    policies: Mapping[str, str] = field(default_factory=dict)
    default_policy: str | None = None
    features: frozenset[str] = frozenset()

    @property
    def symlinks(self) -> bool:
        """Whether it keeps symlinks."""
        return "symlink" in self.features

    @property
    def is_ceph(self) -> bool:
        """Whether it is Ceph's gateway."""
        return self.name == "ceph"

    @classmethod
    def of(cls, capabilities: Mapping[str, Any]) -> Self:
        """Interpret ``/info``.

        Only Ceph names ``max_object_name_size``.  A value that cannot be one counts as not told.
        """
        bulk, versioning = capabilities.get("bulk_delete"), "object_versioning" in capabilities
        batch = 0
        if isinstance(bulk, Mapping):
            batch = _number(bulk, "max_deletes_per_request", BULK_NAMES)
        about = capabilities.get("swift")
        if not isinstance(about, Mapping):
            return cls(bulk_delete=batch, object_versioning=versioning)
        ceph = "max_object_name_size" in about
        version = about.get("version")
        policies = list(_policies(about))
        return cls(
            name="ceph" if ceph else "swift",
            version=str(version) if version else None,
            objects=_object_limits(about, capabilities.get("slo"), ceph=ceph),
            metadata=_metadata_limits(about, ceph=ceph),
            bulk_delete=batch,
            object_versioning=versioning,
            policies={
                alias.strip().lower(): str(policy["name"])
                for policy in policies
                for alias in f"{policy['name']},{policy.get('aliases', '')}".split(",")
                if alias.strip()
            },
            default_policy=next(
                (str(policy["name"]) for policy in policies if policy.get("default")), None
            ),
            features=frozenset(capabilities),
        )


def info_urls(storage_url: str) -> Iterator[str]:
    """Yield where the capabilities may be, the likely place first.

    Swift has them at ``/info`` beside ``/v1/ACCOUNT``, Ceph at ``/swift/info``
    beside ``/swift/v1/ACCOUNT``; a proxy may have put a prefix before either.
    """
    parts = urlsplit(storage_url)
    segments = parts.path.split("/")
    versions = [place for place, segment in enumerate(segments) if segment in ("v1", "v1.0")]
    prefix = "/".join(segments[: versions[-1]]) if versions else ""
    origin = f"{parts.scheme}://{parts.netloc}"
    yield from dict.fromkeys(f"{origin}{path}/info" for path in (prefix, "", "/swift"))


def _object_limits(about: Mapping[str, Any], static: object, *, ceph: bool) -> ObjectLimits:
    usual, takes_static = ObjectLimits(), isinstance(static, Mapping)
    return ObjectLimits(
        size=_number(about, "max_file_size", usual.size),
        # Ceph RGW has its own word for the length of a name.
        name=_number(
            about, "max_object_name_size" if ceph else "max_object_name_length", usual.name
        ),
        container_name=_number(about, "max_container_name_length", usual.container_name),
        segments=_number(static, "max_manifest_segments", usual.segments) if takes_static else 0,
        manifest=_number(static, "max_manifest_size", usual.manifest),
        rados_gateway=ceph,
    )


def _metadata_limits(about: Mapping[str, Any], *, ceph: bool) -> MetadataLimits:
    return MetadataLimits(
        RADOS_GATEWAY_META_NAME if ceph else _number(about, "max_meta_name_length", None),
        _number(about, "max_meta_value_length", None),
        _number(about, "max_meta_count", None),
        _number(about, "max_meta_overall_size", None),
    )


def _policies(about: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    offered = about.get("policies")
    for policy in offered if isinstance(offered, list) else ():
        if isinstance(policy, Mapping) and "name" in policy:
            yield policy


def _number(told: object, name: str, default: Limit) -> Limit:
    value = told.get(name) if isinstance(told, Mapping) else None
    return value if isinstance(value, int) and value > 0 else default
