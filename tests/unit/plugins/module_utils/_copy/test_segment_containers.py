# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Where segments go, and whose container that may be."""

from __future__ import annotations

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cloud.object_limits import (
    ObjectLimits,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._copy.segment_containers import (
    SegmentContainers,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._copy.transfer import Transfer
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError

from tests.unit.plugins.module_utils.fakes.object_server import ObjectServer
from tests.unit.plugins.module_utils.fakes.object_store import ObjectStore

MARK = "x-container-meta-migration-source"


@pytest.fixture
def containers(source: ObjectServer, destination: ObjectServer) -> SegmentContainers:
    """From "users" to "NEW"."""
    here, there = ObjectStore(), ObjectStore()
    here.containers["users"] = {"x-timestamp": "1.0"}
    here.put("d/1", b"1", "users_segments")
    source.script, destination.script = here, there
    transfer = Transfer(source.container("users"), destination.container("NEW", "destination"))
    return SegmentContainers(transfer, ObjectLimits(container_name=20))


@pytest.fixture
def there(destination: ObjectServer) -> ObjectStore:
    assert isinstance(destination.script, ObjectStore)
    return destination.script


@pytest.mark.parametrize(
    ("container", "counterpart"),
    [
        ("users", "NEW"),
        ("users_segments", "NEW_segments"),
        ("users+segments", "NEW+segments"),
        ("other", "NEW_other"),
        ("users2", "NEW_users2"),
    ],
)
def test_a_container_keeps_its_suffix(
    containers: SegmentContainers, container: str, counterpart: str
) -> None:
    assert containers.counterpart(container) == counterpart


def test_a_new_one_is_made_once_and_marked(
    containers: SegmentContainers, there: ObjectStore, destination: ObjectServer
) -> None:
    for _time in range(2):
        containers.between("users_segments", "o")
    assert there.containers["NEW_segments"][MARK] == "AUTH_x/users@1.0"
    assert len(destination.named("PUT")) == 1


@pytest.mark.parametrize(
    ("policy", "given"),
    [({"x-storage-policy": "silver"}, "silver"), ({"x-storage-policy": "gone"}, None), ({}, None)],
)
@pytest.mark.parametrize("own", [False, True])
def test_a_new_one_has_the_policy_of_the_container_of_the_objects_if_that_can_be_had(
    source: ObjectServer,
    destination: ObjectServer,
    containers: SegmentContainers,
    policy: dict[str, str],
    given: str | None,
    own: bool,
) -> None:
    assert isinstance(destination.script, ObjectStore)
    destination.script.containers["NEW"] = policy
    policies = [{"name": "gold", "default": True}, {"name": "silver"}]
    destination.info = {"swift": {"policies": policies}}
    transfer = Transfer(source.container("users"), destination.container("NEW", "destination"))
    SegmentContainers(transfer, ObjectLimits(), own=own).between("users_segments", "o")
    assert destination.named("PUT")[0].headers.get("x-storage-policy") == given


def test_two_containers_of_the_source_never_share_one(
    containers: SegmentContainers, source: ObjectServer, destination: ObjectServer
) -> None:
    containers.between("users_archive", "o")
    transfer = Transfer(source.container("users"), destination.container("NEW", "destination"))
    for anew in (SegmentContainers(transfer, ObjectLimits(container_name=20)) for _turn in "12"):
        anew.between("users_archive", "o")
    with pytest.raises(MigrationError, match="holds the segments of container 'users_archive'"):
        SegmentContainers(transfer, ObjectLimits(container_name=20)).between("archive", "o")


def test_that_of_this_migration_is_used(
    containers: SegmentContainers, there: ObjectStore, destination: ObjectServer
) -> None:
    there.put("left by an earlier run", b"1", "NEW_segments")
    there.containers["NEW_segments"][MARK] = "AUTH_x/users@1.0"
    containers.between("users_segments", "o")
    assert [asked.method for asked in destination.asked] == ["HEAD"]


def test_one_that_was_filled_from_the_segments_container_itself_is_used(
    containers: SegmentContainers, there: ObjectStore
) -> None:
    there.put("d/1", b"1", "NEW_segments")
    there.containers["NEW_segments"][MARK] = "AUTH_x/users_segments@1.0"
    assert containers.between("users_segments", "o").destination.name == "NEW_segments"


@pytest.mark.parametrize("held", [{}, {"d/1": b"1"}])
def test_one_without_a_mark_is_taken_over_if_it_holds_nothing_else(
    containers: SegmentContainers, there: ObjectStore, held: dict[str, bytes]
) -> None:
    there.containers["NEW_segments"] = {}
    for name, body in held.items():
        there.put(name, body, "NEW_segments")
    containers.between("users_segments", "o")
    assert there.containers["NEW_segments"][MARK] == "AUTH_x/users@1.0"


@pytest.mark.parametrize("name", ["d/1", "d/2"])
def test_one_without_a_mark_that_holds_other_bytes_or_names_is_refused(
    containers: SegmentContainers, there: ObjectStore, name: str
) -> None:
    there.put(name, b"2", "NEW_segments")
    with pytest.raises(MigrationError, match=rf"'NEW_segments' .* holds '{name}'"):
        containers.between("users_segments", "o")
    assert MARK not in there.containers["NEW_segments"]


@pytest.mark.parametrize(
    ("made", "is_taken"), [("1000000003.0", True), ("1000000001.0", False), ("999999999.0", False)]
)
def test_one_that_was_made_since_the_migration_began_is_the_applications(
    containers: SegmentContainers, there: ObjectStore, made: str, is_taken: bool
) -> None:
    there.containers["NEW"] = {
        MARK: "AUTH_x/users@1.0",
        "x-container-meta-migration-since": "2001-09-09T01:46:40.000000",  # 1,000,000,000
    }
    there.put("left by an upload that was broken off", b"2", "NEW_segments")
    there.containers["NEW_segments"] = {"x-timestamp": made}
    if is_taken:
        containers.between("users_segments", "o")
    else:
        with pytest.raises(MigrationError, match="which is not the source's"):
            containers.between("users_segments", "o")
    assert (MARK in there.containers["NEW_segments"]) is is_taken


def test_one_whose_source_is_not_there_is_refused_if_it_holds_anything(
    containers: SegmentContainers, there: ObjectStore
) -> None:
    there.put("x", b"2", "NEW_gone")
    with pytest.raises(MigrationError, match=r"'NEW_gone' .* holds 'x'"):
        containers.between("users_gone", "o")


def test_one_whose_name_would_be_too_long_is_an_error_that_names_the_object(
    containers: SegmentContainers, there: ObjectStore
) -> None:
    with pytest.raises(MigrationError, match="for 'o' has 22 bytes, the destination takes 20"):
        containers.between("users_" + "s" * 18, "'o'")
    assert list(there.containers) == ["c"]
