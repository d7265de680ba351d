# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The storage that an environment names, compared with the container that a migration moves.  Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from .._container_identity import identity
from .._errors import MigrationError

_LEGACY = {"swift.storage.SwiftStorage": "swift"}
_URLS = {"swift": "SWIFT_AUTH_URL", "s3": "S3_ENDPOINT_URL"}
_CONTAINERS = {"swift": "SWIFT_CONTAINER_NAME", "s3": "S3_BUCKET_NAME"}
_REASONS = {
    "fslink": "its files are in a folder, and links in it are files of their own",
    "filesystem": "its files are in a folder",
    "zipfile": "it stores no files, but sends them",
    "s3": "over the S3 API nothing tells whether that is the container which the migration moves",
}
_HERE = {"localhost", "127.0.0.1", "::1"}
_TRUE = {"1", "on", "ok", "t", "true", "y", "yes"}


@dataclass(frozen=True)
class StorageInUse:
    """The storage that an environment names.

    :ivar backend: ``swift``, ``s3``, ``fslink``, ``filesystem``, another word of the user's, or
        empty when the environment names no storage.
    :ivar url: where the service logs in.
    :ivar account: as the service names it, ``chris:chris1234``.
    """

    backend: str
    url: str
    account: str
    container: str

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> StorageInUse:
        """What the environment of a CUBE of any age, or of pfcon, names."""
        backend = environment.get("STORAGE_ENV", "")
        if not backend:
            chosen = environment.get("DEFAULT_FILE_STORAGE", "")
            named = "swift" if environment.get("SWIFT_CONTAINER_NAME") else ""
            backend = _LEGACY.get(chosen, chosen) or named
        return cls(
            backend=backend,
            url=environment.get(_URLS.get(backend, ""), ""),
            account=environment.get("SWIFT_USERNAME", "") if backend == "swift" else "",
            container=environment.get(_CONTAINERS.get(backend, ""), ""),
        )

    def __str__(self) -> str:
        of = f" of {self.account}" if self.account else ""
        return f"the container {self.container or '(none)'}{of} at {self.url or '(no URL)'}"


@dataclass(frozen=True)
class MovedContainer:
    """The source of a migration, as the mover sees it.

    :ivar container: its name.
    :ivar storage_url: the URL of its account.
    :ivar identity: see :func:`_container_identity.identity`.
    """

    container: str
    storage_url: str
    identity: str

    def __str__(self) -> str:
        return f"the container {self.container} at {self.storage_url}"

    def refuse_other_name(self, service: str, used: StorageInUse) -> None:
        """Compare what needs no question to a server.

        :raises MigrationError: the service keeps its files elsewhere.
        """
        if used.backend != "swift":
            raise MigrationError(
                f"{service} has the storage backend {used.backend or '(none)'}: "
                f"{_REASONS.get(used.backend, 'that is no Swift')}. The migration moves {self}",
                option="cube_storage_deployment",
                remedy="This collection moves the files of a CUBE that uses Swift. Name the "
                "services that do",
            )
        if used.container != self.container:
            raise self._refusal(service, used)

    def refuse_other_container(
        self, service: str, used: StorageInUse, answer: Mapping[str, Any]
    ) -> None:
        """Compare what the server has answered to the service.

        :param answer: the answer of :mod:`storage_probe`.
        :raises MigrationError: it is another container, though it may have the same name.
        """
        found = identity(answer["storage_url"], used.container, answer["created"])
        if found != self.identity:
            raise self._refusal(service, used)

    def notice(self, service: str, answer: Mapping[str, Any]) -> str | None:
        """What to tell when the service reaches the same container by another address."""
        url = str(answer["storage_url"]).rstrip("/")
        if url == self.storage_url.rstrip("/"):
            return None
        return f"{service} reaches it as {url}, the mover as {self.storage_url}"

    def _refusal(self, service: str, used: StorageInUse) -> MigrationError:
        return MigrationError(
            f"{service} keeps its files in {used}, but the migration moves {self}: these are two "
            "containers",
            option="swift_migration_source_container",
            remedy="Migrate the container that CUBE uses. Nothing was stopped",
        )


def is_in_network(environment: Mapping[str, str]) -> bool:
    """Whether a pfcon with this environment stores files itself.  Any other sends them."""
    return environment.get("PFCON_INNETWORK", "").strip().lower() in _TRUE


def address_of(environment: Mapping[str, str]) -> str:
    """``HOST:PORT`` of the storage that an environment names.

    It is empty where that address is of use to no other container or host.
    """
    url = urlsplit(StorageInUse.of(environment).url)
    return "" if url.hostname in _HERE else url.netloc.rpartition("@")[2]


def concerns_storage(environment: Mapping[str, str], address: str) -> bool:
    """Whether an environment names a container, or has the `address` of the storage in a value."""
    if any(environment.get(name) for name in _CONTAINERS.values()):
        return True
    return bool(address) and any(address in value for value in environment.values())
