# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Two servers, and what copies the object "o" between them."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.listing import (
    ListedObject,
)

from tests.unit.plugins.module_utils._copy.large_objects.copying import (
    INFO,
    Copy,
    large_objects,
)
from tests.unit.plugins.module_utils.fakes.object_server import ObjectServer
from tests.unit.plugins.module_utils.fakes.object_store import ObjectStore


@pytest.fixture
def here(source: ObjectServer) -> ObjectStore:
    store = ObjectStore()
    source.script = store
    return store


@pytest.fixture
def there(destination: ObjectServer) -> ObjectStore:
    store = ObjectStore()
    destination.script, destination.info = store, INFO
    return store


@pytest.fixture
def prune() -> bool:
    return False


@pytest.fixture
def most_deletes() -> int:
    return 100


@pytest.fixture
def copy(
    source: ObjectServer,
    destination: ObjectServer,
    tmp_path: Path,
    prune: bool,
    most_deletes: int,
) -> Copy:
    """Copies the object "o"."""
    large = large_objects(source, destination, tmp_path, prune=prune, most_deletes=most_deletes)
    return lambda: large.copy(ListedObject("o", 0, "", "", ""))
