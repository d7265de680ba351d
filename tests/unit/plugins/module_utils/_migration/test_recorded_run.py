# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What is recorded of a run's containers and options."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cloud.server_profile import (
    ServerProfile,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._compare.options import (
    CompareOptions,
    Level,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._history.run_history import (
    Asker,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.recorded_run import (
    recorded_settings,
    recorded_side,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.container import (
    Container,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.swift_client import (
    SwiftClient,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._sync.options import (
    SyncOptions,
)


def test_a_container_is_told_by_its_address_without_a_login() -> None:
    connection = SimpleNamespace(
        storage_url="https://chris:secret@host:1/v1/AUTH_a%20b?x=secret",
        known_profile=ServerProfile.of({"swift": {"version": "2.38.1"}}),
    )
    client = cast(SwiftClient, SimpleNamespace(connection=connection, retry=None))
    side = recorded_side(Container(client, "users"), "AUTH_x/users@1.0")
    assert side == {
        "url": "https://host:1/v1/AUTH_a%20b",
        "account": "AUTH_a b",
        "container": "users",
        "identity": "AUTH_x/users@1.0",
        "server": "swift 2.38.1",
    }


def test_all_options_are_told_but_who_asks_and_the_sides() -> None:
    told = recorded_settings(SyncOptions("a", "b", prune=True, accept_unreadable=("x",)))
    assert told["prune"] is True
    assert told["accept_unreadable"] == ["x"]
    assert told["max_delete"] == "10%"
    assert not {"source", "destination", "asker", "check"} & told.keys()


@pytest.mark.parametrize("level", Level)
def test_a_choice_is_told_by_its_word(level: Level) -> None:
    assert recorded_settings(CompareOptions("a", "b", level=level))["level"] == level.value


def test_who_asks_need_not_be_known() -> None:
    assert SyncOptions("a", "b").asker == Asker()
