# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The program that looks at a service's storage, with stand-ins for its client libraries."""

from __future__ import annotations

import errno
import inspect
import json
import socket
import ssl
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube import storage_probe
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.service_program import (
    with_arguments,
)

SWIFTCLIENT = """
import sys
NAMES = [f"{number:04}" for number in range(2500)]
class Connection:
    url = "http://swift:1/v1/AUTH_x"
    def __init__(self, user, key, authurl, retries, timeout):
        if key != "0ld":
            raise ValueError(f"{user} with {key} is refused by {authurl}")
    def head_container(self, container):
        return {"x-container-object-count": COUNT, "x-timestamp": "1.5"}
    def get_container(self, container, marker, limit):
        print("page", file=sys.stderr)
        return {}, [{"name": name} for name in NAMES if name > marker][:limit]
"""

BOTO3 = """
import sys
class Client:
    def __init__(self, **given):
        assert given.pop("endpoint_url") == "https://s3"
        given.pop("config")
        assert given == dict(
            aws_access_key_id="id", aws_secret_access_key="s3cret", region_name="One")
    def head_bucket(self, Bucket):
        assert Bucket == "new"
    def list_objects_v2(self, Bucket, MaxKeys, ContinuationToken=0):
        print("page", file=sys.stderr)
        end = ContinuationToken + MaxKeys
        return {"KeyCount": min(2500 - ContinuationToken, MaxKeys), "IsTruncated": end < 2500,
                "NextContinuationToken": end}
    exceptions = type("", (), {"ClientError": RuntimeError})
def client(service, **given):
    return Client(**given)
"""

SWIFT = {
    "SWIFT_USERNAME": "chris:chris",
    "SWIFT_KEY": "0ld",
    "SWIFT_AUTH_URL": "http://swift:1/auth",
    "SWIFT_CONTAINER_NAME": "old",
}
S3 = {
    "STORAGE_ENV": "s3",
    "S3_ENDPOINT_URL": "https://s3",
    "S3_ACCESS_KEY": "id",
    "S3_SECRET_KEY": "s3cret",
    "S3_REGION_NAME": "One",
    "S3_BUCKET_NAME": "new",
}


def look(
    folder: Path, environment: Mapping[str, str], minimum: int, counted: int = 2500
) -> tuple[dict[str, Any], int]:
    """What the program answers when it looks for so many objects, and how many pages it read."""
    (folder / "swiftclient.py").write_text(SWIFTCLIENT.replace("COUNT", str(counted)))
    (folder / "boto3.py").write_text(BOTO3)
    (folder / "botocore").mkdir()
    (folder / "botocore" / "config.py").write_text("def Config(**given): return given")
    done = subprocess.run(
        [sys.executable, "-"],
        input=with_arguments(inspect.getsource(storage_probe), [str(minimum)]),
        env={**environment, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout), done.stderr.count("page")


@pytest.mark.parametrize(
    ("minimum", "counted", "objects", "pages"),
    [(0, 2500, 2500, 1), (1500, 0, 2000, 2), (2500, 0, 2500, 3), (9000, 10, 2500, 4)],
)
def test_a_swift_is_read_until_there_are_as_many_objects_as_the_argument_says(
    tmp_path: Path, minimum: int, counted: int, objects: int, pages: int
) -> None:
    answer, read = look(tmp_path, SWIFT, minimum, counted)
    assert answer == {
        "backend": "swift",
        "container": "old",
        "objects": objects,
        "storage_url": "http://swift:1/v1/AUTH_x",
        "created": "1.5",
    }
    assert read == pages


@pytest.mark.parametrize(
    ("minimum", "objects", "pages"), [(0, 1000, 1), (1001, 2000, 2), (9000, 2500, 3)]
)
def test_s3_is_read_until_there_are_as_many_objects_as_the_argument_says(
    tmp_path: Path, minimum: int, objects: int, pages: int
) -> None:
    answer, read = look(tmp_path, S3, minimum)
    assert answer == {"backend": "s3", "container": "new", "objects": objects}
    assert read == pages


def test_what_a_client_says_of_an_error_holds_no_secret(tmp_path: Path) -> None:
    answer, _pages = look(tmp_path, {**SWIFT, "SWIFT_KEY": "wr0ng"}, 0)
    assert answer == {
        "url": "",
        "kind": "other",
        "error": "ValueError: (hidden) with (hidden) is refused by http://swift:1/auth",
    }


def test_a_variable_that_is_missing_is_named(tmp_path: Path) -> None:
    answer, _pages = look(tmp_path, {"STORAGE_ENV": "s3"}, 0)
    assert answer == {"url": "", "kind": "other", "error": "KeyError: 'S3_BUCKET_NAME'"}


def test_a_backend_that_is_no_server_is_named_and_not_asked(tmp_path: Path) -> None:
    answer, pages = look(tmp_path, {"STORAGE_ENV": "fslink"}, 0)
    assert answer == {"backend": "fslink", "container": None, "objects": None}
    assert pages == 0


def test_a_library_that_is_missing_is_named(tmp_path: Path) -> None:
    program = with_arguments(inspect.getsource(storage_probe), ["0"])
    done = subprocess.run(
        [sys.executable, "-S", "-"],
        input=program,
        env=S3,
        capture_output=True,
        check=True,
        text=True,
    )
    answer = json.loads(done.stdout)
    assert (answer["kind"], answer["detail"]) == ("library", "boto3")


class OfSwiftError(Exception):
    """As python-swiftclient tells of an answer."""

    def __init__(self, http_status: int = 0) -> None:
        super().__init__("refused")
        self.http_status = http_status


class OfS3Error(Exception):
    """As boto3 does."""

    def __init__(self, code: str) -> None:
        super().__init__("refused")
        self.response = {"Error": {"Code": code}}


def wrapped(error: BaseException) -> BaseException:
    """An error as client libraries wrap it: as a cause, as a context, as an argument."""
    try:
        try:
            raise OSError("retried") from error
        except OSError:
            raise OfSwiftError  # noqa: B904
    except OfSwiftError as found:
        return OSError(found)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (OfSwiftError(401), "key"),
        (OfSwiftError(403), "forbidden"),
        (OfSwiftError(404), "container"),
        (OfSwiftError(503), "other"),
        (OfS3Error("InvalidAccessKeyId"), "key"),
        (OfS3Error("SignatureDoesNotMatch"), "key"),
        (OfS3Error("AccessDenied"), "forbidden"),
        (OfS3Error("RequestTimeTooSkewed"), "clock"),
        (OfS3Error("NoSuchBucket"), "container"),
        (OfS3Error("AuthorizationHeaderMalformed"), "region"),
        (OfS3Error("400"), "region"),
        (OfS3Error("404"), "other"),
        (wrapped(socket.gaierror(-2, "unknown")), "name"),
        (wrapped(ConnectionRefusedError()), "closed"),
        (wrapped(TimeoutError()), "silent"),
        (wrapped(OSError(errno.EHOSTUNREACH, "no route")), "silent"),
        (wrapped(OSError(errno.ENETUNREACH, "no route")), "silent"),
        (wrapped(ssl.SSLError()), "tls"),
        (wrapped(ValueError()), "other"),
    ],
)
def test_the_kind_of_an_error_is_told_however_it_is_wrapped(
    error: BaseException, kind: str
) -> None:
    assert storage_probe.explain(error, "http://swift:1/v1/AUTH_x") == {"kind": kind}


def test_what_is_wrong_with_a_certificate_is_told() -> None:
    error = ssl.SSLCertVerificationError()
    error.verify_message = "self-signed certificate"
    assert storage_probe.explain(wrapped(error), "") == {
        "kind": "certificate",
        "detail": "self-signed certificate",
    }


def test_a_login_that_is_not_found_is_no_missing_container(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SWIFT_AUTH_URL", SWIFT["SWIFT_AUTH_URL"])
    assert storage_probe.explain(OfSwiftError(404), SWIFT["SWIFT_AUTH_URL"]) == {"kind": "other"}
