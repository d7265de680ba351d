# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What a container of the new Swift takes over from one of the old Swift besides its objects."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.dataset.client import Client
from tests.integration.conftest import Options, RunModule

BY_DEFAULT = {
    "x-container-meta-owner": "Müller",
    "x-container-meta-access-control-allow-origin": "https://cube.example",
    "x-container-meta-access-control-max-age": "60",
    "x-container-meta-web-index": "index.html",
}
IF_ASKED = {
    "x-container-meta-quota-bytes": "2000",
    "x-container-meta-temp-url-key": "sesame",
    "x-versions-enabled": "True",
}
KINDS = ["metadata", "cors", "web", "quotas", "temp_url_keys", "versioning"]

Fill = Callable[..., dict[str, Any]]


@pytest.fixture
def fill(
    run_module: RunModule,
    source: Options,
    destination: Options,
    source_client: Client,
    container: str,
) -> Fill:
    """Run the module for a new container that is filled from one with all settings."""
    source_client.put_container(container)
    source_client.post_container(container, {**BY_DEFAULT, **IF_ASKED})

    def run(*, check: bool = False, **params: Any) -> dict[str, Any]:
        filled_from = {**source, "container": container}
        wanted = {**destination, "name": container, "source": filled_from, **params}
        result = run_module("swift_container", wanted, check=check, diff=True)
        assert not result.get("failed"), result["msg"]
        assert "sesame" not in json.dumps(result)
        return result

    return run


def settings(client: Client, container: str) -> dict[str, str]:
    """Those of both kinds that a container has."""
    headers = client.head(container)
    return {name: headers[name] for name in {**BY_DEFAULT, **IF_ASKED} if name in headers}


def test_own_metadata_cors_and_web_settings_are_taken_over_and_the_rest_is_told(
    fill: Fill, source_client: Client, destination_client: Client, container: str
) -> None:
    for body in (b"first", b"second", b"third"):
        source_client.put(container, "replaced twice", body)
    predicted, done, again = fill(check=True), fill(), fill()
    assert (predicted["changed"], done["changed"], again["changed"]) == (True, True, False)
    assert settings(destination_client, container) == BY_DEFAULT
    assert predicted["diff"] == done["diff"]
    assert again["diff"]["before"] == again["diff"]["after"]
    for result in (predicted, done, again):
        assert result["carried"] == [
            "Owner",
            "Access-Control-Allow-Origin",
            "Access-Control-Max-Age",
            "Web-Index",
        ]
        assert result["not_carried"] == [
            "Not taken over: keys of temporary URLs (Temp-Url-Key). Add 'temp_url_keys' to carry "
            "for that.",
            "Not taken over: quotas (Quota-Bytes). Add 'quotas' to carry for that.",
            "Not taken over: versioning, which keeps old versions of objects "
            "(X-Versions-Enabled). Add 'versioning' to carry for that.",
            f"Not copied: old versions of objects, of which container '{container}' has 2.",
        ]


def test_everything_is_taken_over_that_is_asked_for(
    fill: Fill, source_client: Client, destination_client: Client, container: str
) -> None:
    done = fill(carry=KINDS)
    assert done["diff"]["after"]["temp_url_keys"] == {"Temp-Url-Key": "set"}
    assert settings(destination_client, container) == {**BY_DEFAULT, **IF_ASKED}
    assert done["not_carried"] == [
        f"Not copied: old versions of objects, of which container '{container}' has 0."
    ]
    assert not fill(carry=KINDS)["changed"]


def test_what_was_taken_over_follows_the_source_and_what_was_set_by_hand_stays(
    fill: Fill, source_client: Client, destination_client: Client, container: str
) -> None:
    destination_client.put_container(container)
    by_hand = {
        "x-container-meta-web-index": "home.html",
        "x-container-meta-quota-bytes": "3000",
        "x-container-meta-temp-url-key": "open it",
    }
    destination_client.post_container(container, by_hand)
    fill(carry=KINDS)
    source_client.post_container(container, {"X-Container-Meta-Owner": "CUBE"})
    changed, again = fill(carry=KINDS), fill(carry=KINDS)
    assert (changed["changed"], again["changed"]) == (True, False)
    expected = {**BY_DEFAULT, **IF_ASKED, **by_hand, "x-container-meta-owner": "CUBE"}
    assert settings(destination_client, container) == expected
    assert again["not_carried"] == [
        "Not taken over: Web-Index, which is 'index.html' at the source, as somebody has set it to "
        "'home.html' at the destination. Set it in metadata to the one that is right.",
        "Not taken over: Temp-Url-Key, as the destination has another one. Remove that one there to "
        "get the source's.",
        "Not taken over: Quota-Bytes, which is '2000' at the source, as somebody has set it to "
        "'3000' at the destination. Set it in quota_bytes to the one that is right.",
        f"Not copied: old versions of objects, of which container '{container}' has 0.",
    ]
    assert "open it" not in json.dumps(again)
    assert not fill(carry=KINDS, metadata={"Web-Index": "home.html"})["changed"]
    decided = fill(carry=KINDS, metadata={"Web-Index": "index.html"})
    assert not [line for line in decided["not_carried"] if "Web-Index" in line]
    assert settings(destination_client, container)["x-container-meta-web-index"] == "index.html"


def test_a_quota_of_zero_is_told_and_not_taken_over(
    fill: Fill, source_client: Client, destination_client: Client, container: str
) -> None:
    source_client.post_container(container, {"X-Container-Meta-Quota-Bytes": "0"})
    [told] = [line for line in fill(carry=KINDS)["not_carried"] if "Quota-Bytes" in line]
    assert "which is 0 at the source, so that nobody can write there" in told
    destination_client.post_container(container, {"X-Container-Meta-Quota-Bytes": "3000"})
    fill(carry=KINDS)
    kept = settings(destination_client, container)
    assert kept["x-container-meta-quota-bytes"] == "3000"


def test_nothing_is_taken_over_if_nothing_is_to_be(
    fill: Fill, destination_client: Client, container: str
) -> None:
    done = fill(carry=[])
    assert done["carried"] == []
    assert len(done["not_carried"]) == len(KINDS) + 1
    assert settings(destination_client, container) == {}


def test_versions_in_a_container_of_their_own_are_counted(
    run_module: RunModule,
    source: Options,
    destination: Options,
    source_client: Client,
    container: str,
) -> None:
    archive = f"{container}-archive"
    for name in (archive, container):
        source_client.put_container(name)
    source_client.post_container(container, {"X-Versions-Location": archive})
    for body in (b"first", b"second", b"third"):
        source_client.put(container, "replaced twice", body)
    filled_from = {**source, "container": container}
    result = run_module(
        "swift_container", {**destination, "name": container, "source": filled_from}
    )
    assert result["not_carried"] == [
        f"Not copied: old versions of objects, of which container '{archive}' has 2."
    ]
