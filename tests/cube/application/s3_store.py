# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A bucket that CUBE uses over S3."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import IO

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError


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
