# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Names on their way to the server."""

from __future__ import annotations

import urllib.parse

import pytest
import requests

from tests.dataset import dataset
from tests.dataset.client import quote_name

NAMES = [item.name for item in dataset(objects=120)]


@pytest.mark.parametrize("name", NAMES, ids=[str(number) for number in range(len(NAMES))])
def test_requests_sends_every_name_as_it_is(name: str) -> None:
    prepared = requests.Request("GET", f"http://host/v1/a/c/{quote_name(name)}").prepare()
    assert urllib.parse.unquote(prepared.path_url.removeprefix("/v1/a/c/")) == name
