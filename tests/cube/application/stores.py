# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The requests that CUBE makes to its storage itself, beside those of Django's storage classes.

CUBE does so in chris_backend/core/storage: v1 login and nothing else to Swift; over S3 a region
that must be the server's own, and a bucket that is made when it is not there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import IO, Protocol

import boto3
import swiftclient
from botocore.config import Config
from botocore.exceptions import ClientError
from swiftclient.exceptions import ClientException


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


class SwiftStore:
    """A container of a Swift that knows v1 login."""

    def __init__(self, container: str, login: Mapping[str, str]) -> None:
        self._container = container
        self._connection = swiftclient.Connection(**login)

    def connect(self) -> None:
        self._connection.put_container(self._container)

    def names(self, prefix: str = "") -> Iterator[str]:
        listed = self._connection.get_container(self._container, prefix=prefix, full_listing=True)[
            1
        ]
        return (entry["name"] for entry in listed)

    def read(self, name: str) -> bytes | None:
        try:
            body: bytes = self._connection.get_object(self._container, name)[1]
        except ClientException as error:
            if error.http_status == 404:
                return None
            raise
        return body

    def write(self, name: str, content: IO[bytes]) -> None:
        self._connection.put_object(self._container, name, content)

    def delete(self, name: str) -> None:
        self._connection.delete_object(self._container, name)


class S3Store:
    """A bucket."""

    def __init__(self, bucket: str, endpoint: str, login: Mapping[str, str]) -> None:
        self._bucket = bucket
        self._region = login["region_name"]
        self._client = boto3.client(
            "s3",
            endpoint_url=endpoint,
            config=Config(
                s3={"addressing_style": "path"},
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
            **login,
        )

    def connect(self) -> None:
        try:
            self._client.head_bucket(Bucket=self._bucket)
        except ClientError as error:
            if status(error) != 404:
                raise
            where = {"CreateBucketConfiguration": {"LocationConstraint": self._region}}
            plain = self._region in ("", "us-east-1")
            self._client.create_bucket(Bucket=self._bucket, **({} if plain else where))

    def names(self, prefix: str = "") -> Iterator[str]:
        pages = self._client.get_paginator("list_objects_v2")
        for page in pages.paginate(Bucket=self._bucket, Prefix=prefix):
            yield from (entry["Key"] for entry in page.get("Contents", ()))

    def read(self, name: str) -> bytes | None:
        try:
            body: bytes = self._client.get_object(Bucket=self._bucket, Key=name)["Body"].read()
        except ClientError as error:
            if status(error) == 404:
                return None
            raise
        return body

    def write(self, name: str, content: IO[bytes]) -> None:
        self._client.put_object(Bucket=self._bucket, Key=name, Body=content)

    def delete(self, name: str) -> None:
        self._client.delete_object(Bucket=self._bucket, Key=name)


def status(error: ClientError) -> int:
    """Return the HTTP status of what a server has refused."""
    found: int = error.response["ResponseMetadata"]["HTTPStatusCode"]
    return found


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
    if backend(variables) == "swift":
        return SwiftStore(
            required(variables, "SWIFT_CONTAINER_NAME"),
            {
                "user": required(variables, "SWIFT_USERNAME"),
                "key": required(variables, "SWIFT_KEY"),
                "authurl": required(variables, "SWIFT_AUTH_URL"),
            },
        )
    return S3Store(
        required(variables, "S3_BUCKET_NAME"),
        required(variables, "S3_ENDPOINT_URL"),
        {
            "region_name": variables.get(region, ""),
            "aws_access_key_id": required(variables, "S3_ACCESS_KEY"),
            "aws_secret_access_key": required(variables, "S3_SECRET_KEY"),
        },
    )
