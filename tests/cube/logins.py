# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The variables with which the application keeps its files in a lab."""

from __future__ import annotations

from typing import Any

from tests.servers import Lab
from tests.servers.keystone import Keystone


def old_swift(lab: Lab, container: str = "users") -> dict[str, str]:
    """Return CUBE's variables for the old Swift."""
    login = lab.description["source"]
    return {
        "STORAGE_ENV": "swift",
        "SWIFT_AUTH_URL": login["auth_url"],
        "SWIFT_USERNAME": login["username"],
        "SWIFT_KEY": login["password"],
        "SWIFT_CONTAINER_NAME": container,
    }


def s3(lab: Lab, bucket: str) -> dict[str, str]:
    """Return CUBE's variables for the new Swift over S3, with a new EC2 credential."""
    login: dict[str, Any] = lab.description["destination"]
    keystone = Keystone(
        login["auth_url"], login["username"], login["password"], login["project_name"]
    )
    made = keystone.post(
        f"/users/{keystone.user_id}/credentials/OS-EC2", {"tenant_id": login["project_id"]}
    )["credential"]
    return {
        "STORAGE_ENV": "s3",
        "S3_ENDPOINT_URL": login["storage_url"].partition("/v1/")[0],
        "S3_ACCESS_KEY": made["access"],
        "S3_SECRET_KEY": made["secret"],
        "S3_BUCKET_NAME": bucket,
        "S3_REGION": login["region_name"],
        "AWS_REQUEST_CHECKSUM_CALCULATION": "when_required",
        "AWS_RESPONSE_CHECKSUM_VALIDATION": "when_required",
    }


def pfcon(cube: dict[str, str]) -> dict[str, str]:
    """Return pfcon's variables for CUBE's storage; its region has another name."""
    names = ("STORAGE_ENV", "SWIFT_", "S3_", "AWS_")
    variables = {name: value for name, value in cube.items() if name.startswith(names)}
    if "S3_REGION" in variables:
        variables["S3_REGION_NAME"] = variables.pop("S3_REGION")
    image = "ghcr.io/fnndsc/pfconopjob-" + variables["STORAGE_ENV"]
    return {**variables, "PFCON_INNETWORK": "true", "PFCON_OP_IMAGE": image}
