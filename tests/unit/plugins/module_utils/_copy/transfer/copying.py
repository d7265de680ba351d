# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What the tests of single copies share: bodies, an entry, and what copies between two servers."""

from __future__ import annotations

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._copy.transfer import Transfer
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.listing import (
    ListedObject,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.relay import SMALL

from tests.unit.plugins.module_utils.fakes.object_server import ObjectServer

SMALL_BODY = b"0123456789" * 100
LARGE_BODY = bytes(range(256)) * (2 * SMALL // 256)

BODIES = pytest.mark.parametrize(
    "body", [b"", SMALL_BODY, LARGE_BODY], ids=["empty", "small", "large"]
)


IN_PARTS = f'"{"0" * 32}-2"'


def entry(body: bytes = b"") -> ListedObject:
    return ListedObject("o", len(body), "h", "application/dicom", "1970-01-01T00:00:00.000000")


def transfer(source: ObjectServer, destination: ObjectServer) -> Transfer:
    return Transfer(source.container(), destination.container())


def stored(destination: ObjectServer) -> list[bytes]:
    return [asked.body for asked in destination.named("PUT")]
