# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The EC2 credentials of the user of a lab, asked for without this project's engine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.servers import Lab
from tests.servers.keystone import Keystone


@pytest.fixture
def keystone(lab: Lab) -> Iterator[Keystone]:
    """The user's own requests to Keystone; the user has no EC2 credential, before and after."""
    login = lab.description["destination"]
    user = Keystone(login["auth_url"], login["username"], login["password"], login["project_name"])
    clear(user)
    yield user
    clear(user)


def path(keystone: Keystone, access: str = "") -> str:
    """Where they are, or one of them."""
    return f"/users/{keystone.user_id}/credentials/OS-EC2" + (access and f"/{access}")


def known(keystone: Keystone) -> dict[str, str]:
    """Access keys and secrets, as Keystone lists them."""
    listed = keystone.get(path(keystone))["credentials"]
    return {credential["access"]: credential["secret"] for credential in listed}


def clear(keystone: Keystone) -> None:
    """Delete all."""
    for access in known(keystone):
        keystone.delete(path(keystone, access))


def make(keystone: Keystone, lab: Lab) -> str:
    """Make one as ``openstack ec2 credentials create`` does, and return its access key."""
    answer = keystone.post(path(keystone), {"tenant_id": lab.description["project_id"]})
    return str(answer["credential"]["access"])
