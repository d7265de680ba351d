# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A program run inside a service of CUBE: does its storage answer to its own environment?

It is sent as text to the service's Python, which may be an old one: only the standard library and
the client libraries that CUBE and pfcon ship, and no syntax younger than Python 3.7.  Its argument
tells how many objects are looked for.  It prints one JSON object: ``backend``, ``container``,
``objects`` (how many there are at least); with Swift ``storage_url`` and ``created``, the
container's ``X-Timestamp``, too.  After an error it holds ``error``, what the client library says;
``kind``, what went wrong; ``url``, which was asked; and ``detail``, a word of the server's or of the
TLS library's, instead.
"""

from __future__ import annotations

import errno
import json
import os
import socket
import ssl
import sys
from collections.abc import Iterator
from typing import Any

PAGE = 1000
CONNECT_SECONDS = 10
ANSWER_SECONDS = 60
ATTEMPTS = 2

S3_KINDS = {
    "InvalidAccessKeyId": "key",
    "SignatureDoesNotMatch": "key",
    "AccessDenied": "forbidden",
    "RequestTimeTooSkewed": "clock",
    "NoSuchBucket": "container",
    "AuthorizationHeaderMalformed": "region",
    "400": "region",
}
"""Kinds of error by S3's codes.  boto3 gives the status for the code of an answer to HEAD.

Swift's S3 API has SignatureDoesNotMatch for an access key that it does not know, too.
"""


def swift_pages(container: str, told: dict[str, Any]) -> Iterator[tuple[int | None, int]]:
    """The number that the server counts, and the number on each page, read as CUBE logs in."""
    import swiftclient

    connection = swiftclient.Connection(
        user=os.environ["SWIFT_USERNAME"],
        key=os.environ["SWIFT_KEY"],
        authurl=os.environ["SWIFT_AUTH_URL"],
        retries=ATTEMPTS - 1,
        timeout=(CONNECT_SECONDS, ANSWER_SECONDS),
    )
    told["url"] = os.environ["SWIFT_AUTH_URL"]
    try:
        headers = connection.head_container(container)
    finally:
        told["url"] = connection.url or told["url"]
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
    from botocore.config import Config

    told["url"] = os.environ["S3_ENDPOINT_URL"]
    client = boto3.client(
        "s3",
        endpoint_url=os.environ["S3_ENDPOINT_URL"],
        aws_access_key_id=os.environ["S3_ACCESS_KEY"],
        aws_secret_access_key=os.environ["S3_SECRET_KEY"],
        region_name=os.environ.get("S3_REGION") or os.environ.get("S3_REGION_NAME"),
        config=Config(
            connect_timeout=CONNECT_SECONDS,
            read_timeout=ANSWER_SECONDS,
            retries={"max_attempts": ATTEMPTS - 1},
        ),
    )
    try:
        client.head_bucket(Bucket=container)
    except client.exceptions.ClientError:
        # Only the answer to a GET has a code in its body.  Where the region alone is wrong, boto3
        # follows the server to the right one, and this succeeds; CUBE sends a HEAD, too, and fails.
        client.list_objects_v2(Bucket=container, MaxKeys=1)
        raise
    more: dict[str, Any] = {}
    while True:
        page = client.list_objects_v2(Bucket=container, MaxKeys=PAGE, **more)
        yield None, page["KeyCount"]
        if not page.get("IsTruncated"):
            return
        more = {"ContinuationToken": page["NextContinuationToken"]}


def probe(minimum: int, told: dict[str, Any]) -> dict[str, Any]:
    """Log in, look at the container, read one page, or as many as hold `minimum` objects.

    :param told: gets what is known so far, for the case of an error.
    """
    backend = os.environ.get("STORAGE_ENV") or "swift"
    if backend not in ("swift", "s3"):
        return {"backend": backend, "container": None, "objects": None}
    name = "S3_BUCKET_NAME" if backend == "s3" else "SWIFT_CONTAINER_NAME"
    container = os.environ[name]
    seen = 0
    told.update(backend=backend, container=container)
    for counted, listed in (s3_pages if backend == "s3" else swift_pages)(container, told):
        seen += listed
        if max(seen, counted or 0) >= minimum:
            seen = max(seen, counted or 0)
            break
    return {**{name: value for name, value in told.items() if name != "url"}, "objects": seen}


def behind(error: BaseException) -> list[BaseException]:
    """An error and those that it wraps, the outermost first; each client library has its own."""
    found: list[BaseException] = []
    left: list[Any] = [error]
    while left:
        one = left.pop(0)
        if isinstance(one, BaseException) and not any(one is each for each in found):
            found.append(one)
            left += [one.__cause__, one.__context__, *one.args]
    return found


def explain(error: BaseException, url: str) -> dict[str, str]:
    """What kind of error it is, and a word that tells more, as far as it is known.

    :param url: which was asked.
    """
    if isinstance(error, ImportError):
        return {"kind": "library", "detail": str(error.name)}
    kind = kind_of_answer(error, url)
    if kind:
        return {"kind": kind}
    for each in behind(error):
        if isinstance(each, socket.gaierror):
            return {"kind": "name"}
        if isinstance(each, ssl.SSLCertVerificationError):
            return {"kind": "certificate", "detail": each.verify_message}
        if isinstance(each, ssl.SSLError):
            return {"kind": "tls"}
        if isinstance(each, ConnectionRefusedError):
            return {"kind": "closed"}
        if isinstance(each, socket.timeout) or "Timeout" in type(each).__name__:
            return {"kind": "silent"}
        if isinstance(each, OSError) and each.errno in (errno.EHOSTUNREACH, errno.ENETUNREACH):
            return {"kind": "silent"}
    return {"kind": "other"}


def kind_of_answer(error: Any, url: str) -> str:
    """What kind of error a server has answered; empty when it gave no answer."""
    if hasattr(error, "http_status"):  # python-swiftclient's
        logged_in = url != os.environ.get("SWIFT_AUTH_URL")
        kinds = {401: "key", 403: "forbidden", 404: "container" if logged_in else "other"}
        return kinds.get(error.http_status, "other") if error.http_status else ""
    response = getattr(error, "response", None)
    if not isinstance(response, dict):  # boto3's
        return ""
    code = str(response["Error"].get("Code"))
    return S3_KINDS.get(code, "other")


def describe(error: BaseException) -> str:
    """What went wrong, without the value of any storage variable but the container's."""
    text = f"{type(error).__name__}: {error}"
    for name in ("SWIFT_KEY", "S3_SECRET_KEY", "S3_ACCESS_KEY", "SWIFT_USERNAME"):
        if os.environ.get(name):
            text = text.replace(os.environ[name], "(hidden)")
    return " ".join(text.split())[:400]


def main() -> None:
    """Print what `probe` found, or why it could not."""
    told: dict[str, Any] = {}
    try:
        answer = probe(int(sys.argv[1]), told)
    except Exception as error:  # a client library's own, whichever it is
        url = told.get("url", "")
        answer = {"url": url, **explain(error, url), "error": describe(error)}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
