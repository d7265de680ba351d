# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A program run inside a service of CUBE: does its storage answer to its own environment?

It is sent as text to the service's Python, which may be an old one: only the standard library and
the client libraries that CUBE and pfcon ship, and no syntax younger than Python 3.7.  Its argument
tells how many objects are looked for.  It prints one JSON object: ``backend``, ``container``,
``objects`` (how many there are at least), ``error``; with Swift ``storage_url`` and ``created``,
the container's ``X-Timestamp``, too.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from typing import Any

PAGE = 1000


def swift_pages(container: str, told: dict[str, Any]) -> Iterator[tuple[int | None, int]]:
    """The number that the server counts, and the number on each page, read as CUBE logs in."""
    import swiftclient

    connection = swiftclient.Connection(
        user=os.environ["SWIFT_USERNAME"],
        key=os.environ["SWIFT_KEY"],
        authurl=os.environ["SWIFT_AUTH_URL"],
        retries=1,
    )
    headers = connection.head_container(container)
    counted = int(headers["x-container-object-count"])
    told.update(storage_url=connection.url, created=headers.get("x-timestamp", ""))
    marker = ""
    while True:
        _headers, page = connection.get_container(container, marker=marker, limit=PAGE)
        yield counted, len(page)
        if not page:
            return
        marker = page[-1]["name"]


def s3_pages(container: str, told: dict[str, Any]) -> Iterator[tuple[int | None, int]]:
    """The same over S3, which counts nothing."""
    import boto3

    client = boto3.client(
        "s3",
        endpoint_url=os.environ["S3_ENDPOINT_URL"],
        aws_access_key_id=os.environ["S3_ACCESS_KEY"],
        aws_secret_access_key=os.environ["S3_SECRET_KEY"],
        region_name=os.environ.get("S3_REGION") or os.environ.get("S3_REGION_NAME"),
    )
    client.head_bucket(Bucket=container)
    more: dict[str, Any] = {}
    while True:
        page = client.list_objects_v2(Bucket=container, MaxKeys=PAGE, **more)
        yield None, page["KeyCount"]
        if not page.get("IsTruncated"):
            return
        more = {"ContinuationToken": page["NextContinuationToken"]}


def probe(minimum: int) -> dict[str, Any]:
    """Log in, look at the container, read one page, or as many as hold `minimum` objects."""
    backend = os.environ.get("STORAGE_ENV") or "swift"
    if backend not in ("swift", "s3"):
        return {"backend": backend, "container": None, "objects": None}
    name = "S3_BUCKET_NAME" if backend == "s3" else "SWIFT_CONTAINER_NAME"
    container = os.environ[name]
    seen = 0
    told: dict[str, Any] = {"backend": backend, "container": container}
    for counted, listed in (s3_pages if backend == "s3" else swift_pages)(container, told):
        seen += listed
        if max(seen, counted or 0) >= minimum:
            seen = max(seen, counted or 0)
            break
    return {**told, "objects": seen}


def describe(error: BaseException) -> str:
    """What went wrong, without the value of any storage variable but the container's."""
    text = f"{type(error).__name__}: {error}"
    for name in ("SWIFT_KEY", "S3_SECRET_KEY", "S3_ACCESS_KEY", "SWIFT_USERNAME"):
        if os.environ.get(name):
            text = text.replace(os.environ[name], "(hidden)")
    return " ".join(text.split())[:400]


def main() -> None:
    """Print what `probe` found, or why it could not."""
    try:
        answer = probe(int(sys.argv[1]))
    except Exception as error:  # a client library's own, whichever it is
        answer = {"error": describe(error)}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
