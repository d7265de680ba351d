# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Where /info is found, and what it tells: in Swift's words and in Ceph's."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cloud.metadata_limits import (
    MetadataLimits,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cloud.object_limits import (
    ObjectLimits,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cloud.server_profile import (
    BULK_NAMES,
    RADOS_GATEWAY_META_NAME,
    ServerProfile,
    info_urls,
)


@pytest.mark.parametrize(
    ("storage_url", "urls"),
    [
        (
            "http://swift:8080/v1/AUTH_chris",
            ["http://swift:8080/info", "http://swift:8080/swift/info"],
        ),
        (
            "https://ceph:13808/swift/v1/AUTH_p",
            ["https://ceph:13808/swift/info", "https://ceph:13808/info"],
        ),
        (
            "https://host/object-store/v1/AUTH_v1",
            ["https://host/object-store/info", "https://host/info", "https://host/swift/info"],
        ),
        ("https://ceph/swift/v1", ["https://ceph/swift/info", "https://ceph/info"]),
        ("https://odd/AUTH_p", ["https://odd/info", "https://odd/swift/info"]),
    ],
)
def test_the_likely_place_comes_first(storage_url: str, urls: list[str]) -> None:
    assert list(info_urls(storage_url)) == urls


@pytest.mark.parametrize(
    ("capabilities", "server"),
    [
        ({"swift": {"version": "2.38.3", "max_object_name_length": 1024}}, ("swift", "2.38.3")),
        ({"swift": {"version": "18.2.7", "max_object_name_size": 1024}}, ("ceph", "18.2.7")),
        ({"swift": {}}, ("swift", None)),
        ({}, (None, None)),
        ({"swift": "?"}, (None, None)),
    ],
)
def test_the_server_is_told(capabilities: dict[str, Any], server: tuple[str, str]) -> None:
    profile = ServerProfile.of(capabilities)
    assert (profile.name, profile.version) == server
    assert profile.is_ceph is (server[0] == "ceph")


def test_the_limits_of_objects_are_read_from_swift() -> None:
    about = {"max_file_size": 5, "max_object_name_length": 6, "max_container_name_length": 7}
    static = {"max_manifest_segments": 8, "max_manifest_size": 9}
    profile = ServerProfile.of({"swift": about, "slo": static})
    assert profile.objects == ObjectLimits(5, 6, 7, 8, 9, rados_gateway=False)


def test_the_limits_of_objects_are_read_from_ceph() -> None:
    about = {"max_file_size": 5, "max_object_name_size": 6, "max_container_name_length": 7}
    profile = ServerProfile.of({"swift": about, "slo": {"max_manifest_segments": 8}})
    assert profile.objects == ObjectLimits(5, 6, 7, 8, rados_gateway=True)


def test_the_limits_of_metadata_are_read_from_swift() -> None:
    about = {
        "max_meta_name_length": 10,
        "max_meta_value_length": 20,
        "max_meta_count": 3,
        "max_meta_overall_size": 40,
    }
    assert ServerProfile.of({"swift": about}).metadata == MetadataLimits(10, 20, 3, 40)


def test_a_ceph_gateway_takes_shorter_names_of_metadata_than_it_says() -> None:
    about = {"max_object_name_size": 1024, "max_meta_name_length": 128}
    metadata = ServerProfile.of({"swift": about}).metadata
    assert metadata == MetadataLimits(name=RADOS_GATEWAY_META_NAME)


def test_a_server_that_does_not_tell_of_static_large_objects_has_none() -> None:
    assert ServerProfile.of({"swift": {}}).objects.segments == 0
    assert ServerProfile.of({"swift": {}, "slo": {}}).objects.segments == 1000


@pytest.mark.parametrize("capabilities", [{}, {"swift": None}, {"swift": "?"}])
def test_a_server_that_tells_nothing_is_taken_for_a_usual_swift(
    capabilities: dict[str, Any],
) -> None:
    profile = ServerProfile.of(capabilities)
    assert profile == ServerProfile()
    assert profile.objects.size == 5_368_709_122
    assert profile.metadata == MetadataLimits()


@pytest.mark.parametrize(
    ("told", "names"),
    [
        ({}, 0),
        ({"bulk_delete": {}}, BULK_NAMES),
        ({"bulk_delete": {"max_deletes_per_request": 7}}, 7),
        ({"bulk_delete": None}, 0),
    ],
)
def test_the_names_in_one_bulk_delete_are_read(told: dict[str, Any], names: int) -> None:
    assert ServerProfile.of(told).bulk_delete == names
    assert ServerProfile.of({"swift": {}, **told}).bulk_delete == names


def test_the_storage_policies_are_known_by_their_names_and_aliases() -> None:
    policies = [
        {"name": "Default", "default": True},
        {"name": "fast", "aliases": "fast, SSD"},
        {"aliases": "nameless"},
        "name",
    ]
    profile = ServerProfile.of({"swift": {"policies": policies}})
    assert profile.policies == {"default": "Default", "fast": "fast", "ssd": "fast"}
    assert profile.default_policy == "Default"
    assert ServerProfile.of({"swift": {"policies": "?"}}).default_policy is None


@pytest.mark.parametrize("wrong", ["5", None, -1, [], 2.5, {}])
def test_a_limit_that_is_no_number_counts_as_not_told(wrong: object) -> None:
    about = {"max_file_size": wrong, "max_meta_count": wrong, "max_object_name_length": wrong}
    profile = ServerProfile.of(
        {"swift": about, "slo": {"max_manifest_segments": wrong}, "bulk_delete": {"x": wrong}}
    )
    assert profile.objects == ObjectLimits()
    assert profile.metadata == MetadataLimits()
    assert profile.bulk_delete == BULK_NAMES


def test_versions_of_objects_are_kept_where_the_server_says_so() -> None:
    assert ServerProfile.of({"swift": {}, "object_versioning": {}}).object_versioning
    assert not ServerProfile.of({"swift": {}}).object_versioning
