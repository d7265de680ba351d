# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What is told of a storage that does not answer to a service."""

from __future__ import annotations

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.storage_failure import (
    storage_error,
)

S3 = {
    "STORAGE_ENV": "s3",
    "S3_ENDPOINT_URL": "https://s3.example.org:13808",
    "S3_ACCESS_KEY": "known",
    "S3_SECRET_KEY": "s3cret",
    "S3_BUCKET_NAME": "users",
    "S3_REGION": "One",
}
PFCON = {**{name: value for name, value in S3.items() if name != "S3_REGION"}}
SWIFT = {
    "STORAGE_ENV": "swift",
    "SWIFT_AUTH_URL": "http://gateway:8080/auth/v1.0",
    "SWIFT_USERNAME": "chris:chris",
    "SWIFT_KEY": "s3cret",
    "SWIFT_CONTAINER_NAME": "users",
}


@pytest.mark.parametrize(
    ("environment", "kind", "option", "message"),
    [
        (S3, "library", "cube_storage_backend", "the Python of chris has no more, so it knows"),
        (
            S3,
            "name",
            "cube_storage_s3.endpoint_url",
            "finds no address for the host s3.example.org",
        ),
        (SWIFT, "name", "cube_storage_swift.auth_url", "for the host gateway of http://gateway"),
        (SWIFT, "closed", "cube_storage_swift.auth_url", "nothing listens at http://gateway:8080"),
        (S3, "silent", "cube_storage_s3.endpoint_url", "https://s3.example.org:13808 does not"),
        (S3, "certificate", "cube_storage_s3.endpoint_url", "does not trust the certificate of"),
        (S3, "tls", "cube_storage_s3.endpoint_url", "does not speak TLS as chris does"),
        (S3, "key", "cube_storage_s3.secret_key", "refuses the login that chris would get"),
        (SWIFT, "key", "cube_storage_swift.key", "refuses the login that chris would get"),
        (S3, "forbidden", "cube_storage_s3.access_key", "does not let it read the container users"),
        (S3, "clock", "cube_storage_s3.endpoint_url", "because their clocks differ"),
        (S3, "region", "cube_storage_s3.region", "is not in the region One that chris would get"),
        (
            SWIFT,
            "container",
            "cube_storage_container",
            "chris finds no container users at http://g",
        ),
        (SWIFT, "other", "cube_storage_swift.auth_url", "that chris would get: Refused: 503"),
    ],
)
def test_each_kind_of_error_names_what_to_look_at(
    environment: dict[str, str], kind: str, option: str, message: str
) -> None:
    answer = {"kind": kind, "url": "", "detail": "more", "error": "Refused: 503"}
    error = storage_error("chris", environment, answer)
    assert error.option == option
    assert message in error.message
    assert error.remedy
    assert "s3cret" not in str(error)


def test_the_url_that_was_asked_is_named_rather_than_the_configured_one() -> None:
    answer = {"kind": "closed", "url": "http://storage:1/v1/AUTH_x", "error": ""}
    assert "listens at http://storage:1/v1/AUTH_x" in storage_error("chris", SWIFT, answer).message


def test_the_region_of_a_pfcon_has_another_variable() -> None:
    environment = {**PFCON, "S3_REGION_NAME": "Two"}
    error = storage_error("pfcon", environment, {"kind": "region", "url": "", "error": ""})
    assert "is not in the region Two that pfcon would get" in error.message


@pytest.mark.parametrize(
    ("environment", "variable"), [(S3, "AWS_CA_BUNDLE"), (SWIFT, "REQUESTS_CA_BUNDLE")]
)
def test_the_variable_that_names_an_authority_depends_on_the_library(
    environment: dict[str, str], variable: str
) -> None:
    answer = {"kind": "certificate", "url": "", "detail": "self-signed", "error": ""}
    error = storage_error("chris", environment, answer)
    assert error.message.endswith(": self-signed")
    assert f"name its file there with {variable}." in str(error.remedy)


def test_an_address_that_is_none_is_told_like_another() -> None:
    typed = {**S3, "S3_ENDPOINT_URL": "https://[s3.example.org"}
    error = storage_error(
        "chris", typed, {"error": "ValueError: Invalid endpoint", "kind": "other"}
    )
    assert "the storage at https://[s3.example.org does not answer" in error.message
    assert error.option == "cube_storage_s3.endpoint_url"
