# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The requests that CUBE makes to its storage itself, beside those of Django's storage classes.

CUBE does so in chris_backend/core/storage: v1 login and nothing else to Swift; over S3 a region
that must be the server's own, and a bucket that is made when it is not there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import IO, Protocol


class ConfigurationError(Exception):
    """A variable is missing or says nothing that is known; the message names it."""


class Store(Protocol):
    """One container."""

    def connect(self) -> None:
        """Log in, and make the container when it is not there."""

    def names(self, prefix: str = "") -> Iterator[str]:
        """Yield the names of all objects."""

    def read(self, name: str) -> bytes | None:
        """Return an object's content, or None when there is no such object."""

    def write(self, name: str, content: IO[bytes]) -> None:
        """Write an object, over an older one if there is one."""

    def delete(self, name: str) -> None: ...


def required(variables: Mapping[str, str], name: str) -> str:
    """Return a variable's value.

    :raises ConfigurationError: it is not set, or empty.
    """
    if value := variables.get(name):
        return value
    raise ConfigurationError(f"{name} is not set")


def backend(variables: Mapping[str, str]) -> str:
    """Return ``swift`` or ``s3``.

    A CUBE of before September 2023 knows DEFAULT_FILE_STORAGE only.

    :raises ConfigurationError: neither of them is chosen.
    """
    older = variables.get("DEFAULT_FILE_STORAGE", "")
    chosen = variables.get("STORAGE_ENV") or {"swift.storage.SwiftStorage": "swift"}.get(older, "")
    if chosen not in ("swift", "s3"):
        raise ConfigurationError(f"STORAGE_ENV={chosen} is neither swift nor s3")
    return chosen


def store(variables: Mapping[str, str], region: str = "S3_REGION") -> Store:
    """Return the storage that the variables name; nothing is asked yet.

    :param region: the variable that CUBE takes the region from; pfcon's is S3_REGION_NAME.
    :raises ConfigurationError: a variable is missing.
    """
    # Each client library takes a third of a second to import.
    if backend(variables) == "swift":
        from tests.cube.application.swift_store import SwiftStore

        return SwiftStore(
            required(variables, "SWIFT_CONTAINER_NAME"),
            {
                "user": required(variables, "SWIFT_USERNAME"),
                "key": required(variables, "SWIFT_KEY"),
                "authurl": required(variables, "SWIFT_AUTH_URL"),
            },
        )
    from tests.cube.application.s3_store import S3Store

    return S3Store(
        required(variables, "S3_BUCKET_NAME"),
        required(variables, "S3_ENDPOINT_URL"),
        {
            "region_name": variables.get(region, ""),
            "aws_access_key_id": required(variables, "S3_ACCESS_KEY"),
            "aws_secret_access_key": required(variables, "S3_SECRET_KEY"),
        },
    )
