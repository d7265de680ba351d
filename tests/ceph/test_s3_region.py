# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The region that keys for the S3 API of a Ceph are given with."""

from __future__ import annotations

import pytest

from tests.integration.conftest import RunModule
from tests.servers.ceph import REGION, Ceph


@pytest.mark.each_ceph
def test_it_is_no_location_that_the_gateway_does_not_know(
    ceph: Ceph, run_module: RunModule
) -> None:
    """It takes signatures for any region; the catalog's is no zonegroup of it."""
    login = ceph.description["destination"]
    keys = ("auth_url", "username", "password", "project_name")
    domains = {"user_domain_id": "default", "project_domain_id": "default"}
    options = {"auth": {key: login[key] for key in keys} | domains, "region_name": REGION}
    made = run_module("ec2_credential", options)
    assert not made.get("failed"), made
    assert (made["endpoint_url"], made["region"]) == (ceph.url, "us-east-1")
