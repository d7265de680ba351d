# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What a service runs with, compared with what it would be started with."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.service_settings import (
    ServiceSettings,
    differences,
)

NOW = ServiceSettings(
    image="sha256:1",
    environment={"PW": "s3cret", "STORAGE_ENV": "swift", "EMPTY": ""},
    command=["serve"],
    user="chris",
    folder="/srv",
    mounts={"/data": "/srv/data", "/x": "cube_x"},
    ports=["8000:8000/tcp"],
)


def test_what_is_the_same_but_for_the_storage_is_no_difference() -> None:
    then = replace(NOW, environment={**NOW.environment, "STORAGE_ENV": "s3", "S3_KEY": "k"})
    assert differences(NOW, then, {"STORAGE_ENV", "S3_KEY"}) == []
    assert differences(NOW, then, {"STORAGE_ENV"}) == ["S3_KEY set"]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"image": "sha256:2"}, "another image"),
        ({"command": ["serve", "--debug"]}, "another command"),
        ({"user": ""}, "another user"),
        ({"folder": "/"}, "another folder"),
        ({"mounts": {"/x": "cube_x"}}, "nothing mounted at /data"),
        ({"mounts": {**NOW.mounts, "/data": "/x"}}, "something else mounted at /data"),
        ({"ports": []}, "other ports"),
    ],
)
def test_each_kind_of_difference_is_told(change: dict[str, Any], told: str) -> None:
    assert differences(NOW, replace(NOW, **change), set()) == [told]


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({"PW": ""}, "PW empty"),
        ({"PW": "0ther"}, "PW changed"),
        ({"EMPTY": "x"}, "EMPTY changed"),
        ({"NEW": "x"}, "NEW set"),
    ],
)
def test_a_variable_is_told_by_its_name_and_never_its_value(
    environment: dict[str, str], told: str
) -> None:
    then = replace(NOW, environment={**NOW.environment, **environment})
    assert differences(NOW, then, ()) == [told]


def test_a_variable_that_would_be_missing_is_told_but_no_proxy_of_the_clients() -> None:
    environment = {name: v for name, v in NOW.environment.items() if name != "PW"}
    assert differences(NOW, replace(NOW, environment=environment), ()) == ["PW not set"]
    proxied = replace(NOW, environment={**NOW.environment, "HTTPS_PROXY": "p", "no_proxy": "q"})
    assert differences(proxied, NOW, ()) == []
    assert differences(NOW, proxied, ()) == ["HTTPS_PROXY set", "no_proxy set"]
