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
    source_client.post_container(container, {"X-Container-Meta-Temp-Url-Key": "open it"})
    changed = fill(carry=KINDS, check=True)
    assert changed["changed"]
    assert changed["diff"]["after"]["temp_url_keys"] == {"Temp-Url-Key": "set to another one"}


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
