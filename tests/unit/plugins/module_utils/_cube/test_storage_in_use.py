# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The storage that an environment names, compared with the container that a migration moves."""

from __future__ import annotations

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.storage_in_use import (
    MovedContainer,
    StorageInUse,
    address_of,
    concerns_storage,
    is_in_network,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError

SWIFT = {
    "STORAGE_ENV": "swift",
    "SWIFT_AUTH_URL": "http://swift_service:8080/auth/v1.0",
    "SWIFT_USERNAME": "chris:chris1234",
    "SWIFT_KEY": "testing",
    "SWIFT_CONTAINER_NAME": "users",
}
MOVED = MovedContainer("users", "http://localhost:8080/v1/AUTH_chris", "AUTH_chris/users@16.5")
ANSWER = {"storage_url": "http://localhost:8080/v1/AUTH_chris", "created": "16.5"}
LEGACY = {**SWIFT, "STORAGE_ENV": "", "DEFAULT_FILE_STORAGE": "swift.storage.SwiftStorage"}


@pytest.mark.parametrize(
    "environment", [SWIFT, LEGACY, {**SWIFT, "STORAGE_ENV": ""}], ids=["today", "2022", "unsaid"]
)
def test_a_cube_of_any_age_on_the_moved_container_is_let_pass(environment: dict[str, str]) -> None:
    used = StorageInUse.of(environment)
    assert used == StorageInUse(
        "swift", "http://swift_service:8080/auth/v1.0", "chris:chris1234", "users"
    )
    MOVED.refuse_other_name("chris", used)
    MOVED.refuse_other_container("chris", used, ANSWER)
    assert MOVED.notice("chris", ANSWER) is None


def test_another_container_is_refused_with_both_names() -> None:
    used = StorageInUse.of({**SWIFT, "SWIFT_CONTAINER_NAME": "h5real"})
    with pytest.raises(MigrationError) as caught:
        MOVED.refuse_other_name("chris", used)
    assert str(caught.value) == (
        "swift_migration_source_container: chris keeps its files in the container h5real of "
        "chris:chris1234 at http://swift_service:8080/auth/v1.0, but the migration moves the "
        "container users at http://localhost:8080/v1/AUTH_chris: these are two containers. "
        "Migrate the container that CUBE uses. Nothing was stopped."
    )


@pytest.mark.parametrize(
    "other",
    [{"storage_url": "http://localhost:8080/v1/AUTH_other"}, {"created": "17.5"}],
    ids=["account", "server"],
)
def test_a_container_of_that_name_elsewhere_is_refused(other: dict[str, str]) -> None:
    with pytest.raises(MigrationError, match="these are two containers"):
        MOVED.refuse_other_container("chris", StorageInUse.of(SWIFT), {**ANSWER, **other})


@pytest.mark.parametrize(
    "url", ["http://swift:8080/v1/AUTH_chris", "https://localhost:8080/v1/AUTH_chris/"]
)
def test_two_addresses_of_one_container_are_told(url: str) -> None:
    answer = {**ANSWER, "storage_url": url}
    MOVED.refuse_other_container("worker", StorageInUse.of(SWIFT), answer)
    told = MOVED.notice("worker", answer)
    assert told == f"worker reaches it as {url.rstrip('/')}, the mover as {MOVED.storage_url}"


@pytest.mark.parametrize(
    ("environment", "reason"),
    [
        ({"STORAGE_ENV": "fslink"}, "backend fslink: its files are in a folder, and links"),
        ({"STORAGE_ENV": "filesystem"}, "backend filesystem: its files are in a folder"),
        ({"STORAGE_ENV": "zipfile"}, "backend zipfile: it stores no files, but sends them"),
        (
            {"STORAGE_ENV": "s3", "S3_BUCKET_NAME": "users"},
            "backend s3: over the S3 API nothing tells",
        ),
        (
            {"DEFAULT_FILE_STORAGE": "django.core.files.storage.FileSystemStorage"},
            "backend django.core.files.storage.FileSystemStorage: that is no Swift",
        ),
        ({}, r"backend \(none\): that is no Swift"),
    ],
)
def test_a_cube_whose_files_are_in_no_swift_is_refused(
    environment: dict[str, str], reason: str
) -> None:
    # The Swift's variables may stand there all the same.
    rest = {name: value for name, value in SWIFT.items() if name not in ("STORAGE_ENV",)}
    given = {**(rest if environment else {}), **environment}
    with pytest.raises(MigrationError, match=f"worker has the storage {reason}"):
        MOVED.refuse_other_name("worker", StorageInUse.of(given))


@pytest.mark.parametrize(
    ("value", "expected"), [("true", True), ("True", True), ("1", True), ("false", False), ("", 0)]
)
def test_a_pfcon_is_in_the_network_when_it_is_told_so(value: str, expected: bool) -> None:
    assert is_in_network({"PFCON_INNETWORK": value}) is bool(expected)
    assert is_in_network({}) is False


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"SWIFT_CONTAINER_NAME": "store"}, True),
        ({"S3_BUCKET_NAME": "store"}, True),
        ({"SWIFT_CONTAINER_NAME": ""}, False),
        ({"UPSTREAM": "http://swift_service:8080/v1"}, True),
        ({"UPSTREAM": "http://swift_service:80"}, False),
        ({}, False),
    ],
)
def test_what_has_to_do_with_the_storage_is_seen(
    environment: dict[str, str], expected: bool
) -> None:
    assert concerns_storage(environment, address_of(SWIFT)) is expected


@pytest.mark.parametrize("url", ["http://localhost:8080/auth/v1.0", "http://127.0.0.1:1/", ""])
def test_an_address_that_means_another_host_elsewhere_is_of_no_use(url: str) -> None:
    address = address_of({**SWIFT, "SWIFT_AUTH_URL": url})
    assert address == ""
    assert concerns_storage({"UPSTREAM": url}, address) is False
