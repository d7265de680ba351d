# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""To which containers manifests and symlinks may lead.

That nothing is read elsewhere is in ``_copy/large_objects/test_reach.py``.
"""

from __future__ import annotations

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.manifest_reach import (
    ManifestReach,
    ReachError,
)

pytestmark = pytest.mark.security

REACH = ManifestReach("users", ["listed", "AUTH_y/theirs"])


@pytest.mark.parametrize(
    "container", ["users", "users_segments", "users+segments", "listed", "AUTH_y/theirs"]
)
def test_its_own_containers_and_those_that_are_listed_may_be_read(container: str) -> None:
    REACH.check(container)


@pytest.mark.parametrize(
    "container",
    ["", "users2", "users-segments", "users_segments2", "Users", "theirs", "AUTH_y/users", "list"],
)
def test_no_other_may_be_read(container: str) -> None:
    with pytest.raises(ReachError):
        REACH.check(container)


def test_what_leads_elsewhere_is_told_with_the_option_that_lets_it() -> None:
    with pytest.raises(ReachError) as caught:
        ManifestReach("users").check("private", "a symlink")
    assert str(caught.value) == (
        "segment_containers: a symlink leads to container 'private', which was not read. "
        "List 'private' if all who may read the object may read that container."
    )
