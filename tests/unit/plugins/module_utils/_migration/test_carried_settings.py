# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What a container takes over from another one's settings, and what is told instead."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.carried_settings import (
    BY_DEFAULT,
    KINDS,
    Carried,
    carry,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.container_settings import (
    ContainerSettings,
    ContainerState,
)

ABSENT = ContainerState(exists=False)
FEATURES = frozenset({"swift", "staticweb", "tempurl", "container_quotas", "object_versioning"})
HEAD = {
    "x-container-meta-owner": "FNNDSC",
    "x-container-meta-access-control-allow-origin": "https://cube.example",
    "x-container-meta-web-index": "index.html",
    "x-container-meta-quota-bytes": "2000",
    "x-container-meta-temp-url-key": "sesame",
    "x-container-meta-migration-fence": "/",
    "x-versions-enabled": "true",
}
OF_KIND = {
    "metadata": {"X-Container-Meta-Owner": "FNNDSC"},
    "cors": {"X-Container-Meta-Access-Control-Allow-Origin": "https://cube.example"},
    "web": {"X-Container-Meta-Web-Index": "index.html"},
    "quotas": {"X-Container-Meta-Quota-Bytes": "2000"},
    "temp_url_keys": {"X-Container-Meta-Temp-Url-Key": "sesame"},
    "versioning": {"X-Versions-Enabled": "true"},
}
NAMES = {
    kind: next(iter(headers)).removeprefix("X-Container-Meta-") for kind, headers in OF_KIND.items()
}


def without(*names: str) -> ContainerState:
    return ContainerState.of({name: HEAD[name] for name in HEAD if name not in names})


SOURCE = without("x-container-meta-migration-fence")


def carried(
    kinds: tuple[str, ...] = BY_DEFAULT,
    source: ContainerState = SOURCE,
    features: frozenset[str] = FEATURES,
    **wanted: Any,
) -> Carried:
    return carry(source, ContainerSettings.from_params(wanted), kinds, features, "role_")


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_taken_over_alone_if_it_is_asked_for(kind: str) -> None:
    found = carried((kind,))
    assert found.settings.headers(ABSENT) == OF_KIND[kind]
    assert found.names == (NAMES[kind],)
    assert len(found.left) == len(KINDS) - 1
    for other in KINDS:
        told = [
            line for line in found.left if f"({NAMES[other]}). Add '{other}' to role_carry" in line
        ]
        assert len(told) == (other != kind)


def test_own_metadata_and_what_browsers_see_are_taken_over_by_default() -> None:
    assert set(carried().names) == {NAMES[kind] for kind in ("metadata", "cors", "web")}


def test_what_has_nothing_to_take_over_tells_nothing() -> None:
    found = carried(source=ContainerState.of({"x-container-object-count": "3"}))
    assert (found.settings, found.names, found.left) == (ContainerSettings(), (), ())


def test_what_the_user_names_counts_more_and_does_not_count_as_taken_over() -> None:
    found = carried(KINDS, metadata={"owner": "CUBE"}, quota_bytes=0, versioning=False)
    assert found.settings.metadata["Owner"] == "CUBE"
    assert found.settings.quota_bytes == 0
    assert found.settings.versioning is False
    assert not {"Owner", "Quota-Bytes", "X-Versions-Enabled"} & {*found.names}


def test_the_state_of_a_migration_is_never_taken_over_nor_told() -> None:
    source = ContainerState.of({"x-container-meta-migration-phase": "rolled-back"})
    found = carried(KINDS, source)
    assert (found.settings.headers(ABSENT), found.left) == ({}, ())


@pytest.mark.parametrize(
    ("before", "headers"),
    [
        ("2000/", {"X-Container-Meta-Quota-Bytes": "2000"}),
        ("/7", {"X-Container-Meta-Quota-Count": "7"}),
        ("/", {}),
        ("7", {}),
    ],
)
def test_while_a_fence_stands_the_quotas_from_before_are_taken_over(
    before: str, headers: dict[str, str]
) -> None:
    source = ContainerState.of(
        {
            "x-container-meta-quota-bytes": "0",
            "x-container-meta-quota-count": "0",
            "x-container-meta-migration-fence": before,
        }
    )
    assert carried(("quotas",), source).settings.headers(ABSENT) == headers


@pytest.mark.parametrize("kind", ["web", "quotas", "temp_url_keys"])
def test_what_the_destination_does_not_heed_is_taken_over_and_told(kind: str) -> None:
    found = carried((kind,), features=frozenset({"swift"}))
    assert found.settings.headers(ABSENT) == OF_KIND[kind]
    assert any("does not heed it" in line and NAMES[kind] in line for line in found.left)


def test_versioning_that_the_destination_cannot_do_is_told() -> None:
    found = carried(("versioning",), features=frozenset({"swift"}))
    assert found.settings.headers(ABSENT) == {}
    assert any("(X-Versions-Enabled). The destination cannot do it" in each for each in found.left)


def test_who_else_may_use_the_container_is_told_and_never_taken_over() -> None:
    found = carried(KINDS, ContainerState.of({"x-container-read": ".r:*"}))
    assert found.settings.headers(ABSENT) == {}
    [told] = found.left
    assert "(read '.r:*', write '')" in told
    assert "Set role_read_acl and role_write_acl" in told


def test_synchronization_is_told_without_its_key() -> None:
    head = {"x-container-sync-to": "//realm/cluster/AUTH_x/c", "x-container-sync-key": "sesame"}
    [told] = carried(KINDS, ContainerState.of(head)).left
    assert "X-Container-Sync-To" in told


def test_what_the_destination_does_not_show_is_told_if_it_was_taken_over() -> None:
    found = carried()
    headers = ("X-Container-Meta-Web-Index", "X-Container-Read")
    [told] = found.not_shown(headers)
    assert told.endswith("the destination does not show it afterwards: Web-Index.")
    assert found.not_shown(("X-Container-Read",)) == ()


def test_no_secret_is_ever_shown() -> None:
    found = carried(KINDS)
    after = found.settings.applied_to(ABSENT)
    shown = [repr(found), repr(SOURCE), SOURCE.describe("c"), after.settings(), after.describe("c")]
    assert "sesame" not in str(shown)
    assert after.settings()["temp_url_keys"] == {"Temp-Url-Key": "set"}
