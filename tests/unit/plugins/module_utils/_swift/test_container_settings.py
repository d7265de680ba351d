# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A container's settings and the headers that bring them about."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.container_settings import (
    ContainerSettings,
    ContainerState,
    same_acl,
)
from hypothesis import given
from hypothesis import strategies as st

HEAD = {
    "x-container-object-count": "3",
    "x-container-bytes-used": "1234",
    "x-container-read": ".r:*,.rlistings",
    "x-container-write": "chris:chris1234",
    "x-container-meta-quota-bytes": "2000",
    "x-container-meta-owner": "MÃ¼ller",
    "x-container-meta-temp-url-key": "sesame",
    "x-storage-policy": "gold",
    "x-versions-enabled": "True",
    "x-trans-id": "tx1",
}
STATE = ContainerState.of(HEAD)


def settings(**params: Any) -> ContainerSettings:
    return ContainerSettings.from_params(params)


class TestState:
    def test_is_read_from_the_headers(self) -> None:
        assert STATE.describe("users") == {
            "name": "users",
            "exists": True,
            "objects": 3,
            "bytes": 1234,
            "read_acl": ".r:*,.rlistings",
            "write_acl": "chris:chris1234",
            "quota_bytes": 2000,
            "quota_count": None,
            "metadata": {"Owner": "Müller"},
            "storage_policy": "gold",
            "versioning": True,
        }

    def test_of_a_server_that_tells_little(self) -> None:
        state = ContainerState.of({"x-container-meta-quota-bytes": "", "x-container-read": ""})
        assert state == ContainerState(exists=True)

    def test_of_no_container_has_no_settings(self) -> None:
        assert ContainerState(exists=False).settings() == {}

    def test_shows_no_counts_in_a_diff(self) -> None:
        assert "objects" not in STATE.settings()
        assert STATE.settings()["quota_bytes"] == 2000


class TestHeaders:
    @pytest.mark.parametrize(
        "params",
        [
            {},
            {"read_acl": ".referrer:*, .rlistings", "write_acl": " chris:chris1234 "},
            {"quota_bytes": 2000, "quota_count": 0},
            {"metadata": {"OWNER": "Müller", "absent": ""}},
            {"versioning": True, "storage_policy": "gold"},
        ],
    )
    def test_are_none_for_what_is_so_already(self, params: dict[str, Any]) -> None:
        assert settings(**params).headers(STATE) == {}
        assert settings(**params).applied_to(STATE) == STATE

    @pytest.mark.parametrize(
        ("params", "headers"),
        [
            ({"read_acl": ""}, {"X-Container-Read": ""}),
            ({"write_acl": "*:x"}, {"X-Container-Write": "*:x"}),
            ({"quota_bytes": 0}, {"X-Container-Meta-Quota-Bytes": ""}),
            ({"quota_count": 5}, {"X-Container-Meta-Quota-Count": "5"}),
            ({"metadata": {"owner": ""}}, {"X-Container-Meta-Owner": ""}),
            ({"metadata": {"owner": None}}, {"X-Container-Meta-Owner": ""}),
            ({"metadata": {"town": "Köln"}}, {"X-Container-Meta-Town": "KÃ¶ln"}),
            ({"metadata": {"number": 7}}, {"X-Container-Meta-Number": "7"}),
            ({"versioning": False}, {"X-Versions-Enabled": "false"}),
        ],
    )
    def test_hold_what_differs_and_nothing_else(
        self, params: dict[str, Any], headers: dict[str, str]
    ) -> None:
        assert settings(**params).headers(STATE) == headers

    def test_of_a_new_container_name_its_policy(self) -> None:
        new = settings(storage_policy="gold", quota_bytes=0).headers(ContainerState(exists=False))
        assert new == {"X-Storage-Policy": "gold"}

    @given(
        st.dictionaries(st.sampled_from(["owner", "Town", "x-Y"]), st.text("aäß ", max_size=3)),
        st.none() | st.integers(0, 9),
        st.none() | st.sampled_from(["", ".r:*", "*:b, *:a"]),
        st.none() | st.booleans(),
    )
    def test_bring_the_container_to_what_was_predicted(
        self,
        metadata: dict[str, str],
        quota: int | None,
        acl: str | None,
        versioning: bool | None,
    ) -> None:
        wanted = settings(
            metadata=metadata, quota_count=quota, write_acl=acl, versioning=versioning
        )
        head = dict(HEAD)
        for name, value in wanted.headers(STATE).items():
            head[name.lower()] = value
            if not value:
                del head[name.lower()]
        reached = ContainerState.of(head)
        assert reached == wanted.applied_to(STATE)
        assert wanted.headers(reached) == {}


class TestAcl:
    @pytest.mark.parametrize(
        ("one", "other"),
        [
            (".r:*", ".referrer : *"),
            (".ref:.example.com", ".r:*.example.com"),
            (".r:-bad", ".referer:-bad"),
            ("a:b, c:d", "c:d,a:b"),
            ("", " , "),
        ],
    )
    def test_is_the_same_when_it_means_the_same(self, one: str, other: str) -> None:
        assert same_acl(one, other)

    @pytest.mark.parametrize(
        ("one", "other"),
        [(".r:*", ""), (".r:*,.r:-bad", ".r:-bad,.r:*"), ("a:b", "a:c"), (".r:*", ".rlistings")],
    )
    def test_differs_when_it_means_something_else(self, one: str, other: str) -> None:
        assert not same_acl(one, other)


class TestRefusal:
    @pytest.mark.parametrize(
        ("metadata", "reason"),
        [
            ({"a_b": "1"}, "metadata.a_b: not a name"),
            ({"ü": "1"}, "metadata.ü: not a name"),
            ({"": "1"}, "metadata.: not a name"),
            ({"quota-count": "1"}, "metadata.quota-count: a quota"),
            ({"temp-url-key-2": "sesame"}, "metadata.temp-url-key-2: a key"),
            ({"a": "1\r\nX: 2"}, "metadata.a: the value has a control"),
        ],
    )
    def test_of_metadata(self, metadata: dict[str, str], reason: str) -> None:
        with pytest.raises(MigrationError) as caught:
            settings(metadata=metadata)
        assert str(caught.value).startswith(reason)
        assert "sesame" not in str(caught.value)

    @pytest.mark.parametrize("name", ["quota_bytes", "quota_count"])
    def test_of_a_quota_below_zero(self, name: str) -> None:
        with pytest.raises(MigrationError, match=f"^{name}: -1 is below zero"):
            settings(**{name: -1})
