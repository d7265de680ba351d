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
    present: ContainerState = ABSENT,
    **wanted: Any,
) -> Carried:
    settings = ContainerSettings.from_params(wanted)
    return carry(source, present, settings, kinds, features, "role_")


def changes(found: Carried, present: ContainerState = ABSENT) -> dict[str, str]:
    """The headers that change a container, but for what it remembers."""
    headers = found.settings.headers(present)
    headers.pop("X-Container-Meta-Migration-Carried", None)
    return headers


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_taken_over_alone_if_it_is_asked_for(kind: str) -> None:
    found = carried((kind,))
    assert changes(found) == OF_KIND[kind]
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
    assert (changes(found), found.left) == ({}, ())


@pytest.mark.parametrize(
    ("before", "headers"),
    [
        ("2000/", {"X-Container-Meta-Quota-Bytes": "2000"}),
        ("/7", {"X-Container-Meta-Quota-Count": "7"}),
        ("/", {}),
        ("7", {}),
        ("9" * 5000 + "/", {}),
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
    assert changes(carried(("quotas",), source)) == headers


@pytest.mark.parametrize("fence", [{"x-container-meta-migration-fence": "0/0"}, {}])
def test_a_quota_of_zero_is_told_and_changes_none_of_the_destination(fence: dict[str, str]) -> None:
    zero = {"x-container-meta-quota-bytes": "0", "x-container-meta-quota-count": "0", **fence}
    present = ContainerState.of({"x-container-meta-quota-bytes": "7"})
    found = carried(("quotas",), ContainerState.of(zero), frozenset({"swift"}), present)
    assert (found.settings.headers(present), found.names) == ({}, ())
    assert found.left == tuple(
        f"Not taken over: {name}, which is 0 at the source, so that nobody can write there. Set "
        f"role_{option} for another one."
        for name, option in (("Quota-Bytes", "quota_bytes"), ("Quota-Count", "quota_count"))
    )


class TestAnotherValueAtTheDestination:
    """It stays, unless it was taken over before."""

    @pytest.mark.parametrize(
        ("kind", "option"),
        [
            ("metadata", "metadata"),
            ("cors", "metadata"),
            ("web", "metadata"),
            ("quotas", "quota_bytes"),
        ],
    )
    def test_one_that_somebody_has_set_stays_and_is_told_with_both(
        self, kind: str, option: str
    ) -> None:
        [(header, value)] = OF_KIND[kind].items()
        present = ContainerState.of({header.lower(): "77"})
        found = carried((kind,), present=present)
        assert (found.settings.headers(present), found.names) == ({}, ())
        assert (
            f"Not taken over: {NAMES[kind]}, which is '{value}' at the source, as somebody has set "
            f"it to '77' at the destination. Set it in role_{option} to the one that is right."
        ) in found.left

    def test_a_key_stays_and_is_told_without_its_value(self) -> None:
        present = ContainerState.of({"x-container-meta-temp-url-key": "open it"})
        found = carried(("temp_url_keys",), present=present)
        assert (found.settings.headers(present), found.names) == ({}, ())
        [told] = [line for line in found.left if "Temp-Url-Key" in line]
        assert "the destination has another one. Remove that one there" in told
        assert not {"open it", "sesame"} & {*told.split("'")}

    @pytest.mark.parametrize("kind", ["metadata", "cors", "web", "quotas"])
    def test_one_that_was_taken_over_follows_the_source(self, kind: str) -> None:
        [header] = OF_KIND[kind]
        present = carried((kind,)).settings.applied_to(ABSENT)
        source = ContainerState.of({header.lower(): "88"})
        found = carried((kind,), source, present=present)
        assert changes(found, present) == {header: "88"}
        assert found.left == ()
        again = carried((kind,), source, present=found.settings.applied_to(present))
        assert again.settings.headers(found.settings.applied_to(present)) == {}

    def test_one_that_was_the_same_by_chance_follows_the_source_from_then_on(self) -> None:
        same = ContainerState.of({"x-container-meta-owner": "FNNDSC"})
        present = carried(present=same).settings.applied_to(same)
        source = ContainerState.of({"x-container-meta-owner": "CUBE"})
        assert changes(carried(source=source, present=present), present) == {
            "X-Container-Meta-Owner": "CUBE"
        }

    def test_one_that_was_set_after_it_was_taken_over_stays(self) -> None:
        before = carried(("web",)).settings.applied_to(ABSENT)
        by_hand = ContainerSettings.from_params({"metadata": {"Web-Index": "home.html"}})
        present = by_hand.applied_to(before)
        found = carried(("web",), present=present)
        assert changes(found, present) == {}
        assert any("set it to 'home.html'" in line for line in found.left)
        removed = ContainerSettings.from_params({"metadata": {"Web-Index": ""}}).applied_to(present)
        assert changes(carried(("web",), present=removed), removed) == OF_KIND["web"]

    def test_what_the_user_names_replaces_it(self) -> None:
        present = ContainerState.of({"x-container-meta-web-index": "home.html"})
        found = carried(("web",), present=present, metadata={"Web-Index": "index.html"})
        assert changes(found, present) == OF_KIND["web"]
        assert not any("somebody" in line for line in found.left)


@pytest.mark.parametrize("kind", ["web", "quotas", "temp_url_keys"])
def test_what_the_destination_does_not_heed_is_taken_over_and_told(kind: str) -> None:
    found = carried((kind,), features=frozenset({"swift"}))
    assert changes(found) == OF_KIND[kind]
    assert any("does not heed it" in line and NAMES[kind] in line for line in found.left)


@pytest.mark.parametrize("kind", ["web", "quotas", "temp_url_keys"])
def test_of_a_destination_that_does_not_tell_what_it_heeds_nothing_is_said(kind: str) -> None:
    found = carried((kind,), features=frozenset())
    assert changes(found) == OF_KIND[kind]
    assert not any("does not heed it" in line for line in found.left)


def test_versioning_that_the_destination_cannot_do_is_told() -> None:
    found = carried(("versioning",), features=frozenset({"swift"}))
    assert changes(found) == {}
    assert any("(X-Versions-Enabled). The destination cannot do it" in each for each in found.left)


def test_who_else_may_use_the_container_is_told_and_never_taken_over() -> None:
    found = carried(KINDS, ContainerState.of({"x-container-read": ".r:*"}))
    assert changes(found) == {}
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
