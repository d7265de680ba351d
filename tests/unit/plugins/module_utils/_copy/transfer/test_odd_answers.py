# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A success that is no answer to a GET of a whole object."""

from __future__ import annotations

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._copy.transfer import Transfer
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.retry import Retry
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.status_errors import (
    StatusError,
)

from tests.unit.plugins.module_utils._copy.transfer.copying import SMALL_BODY, entry, stored
from tests.unit.plugins.module_utils.fakes.object_server import Answer, ObjectServer


@pytest.mark.parametrize("status", [202, 204, 206])
def test_it_is_an_error_and_no_large_object(
    source: ObjectServer, destination: ObjectServer, status: int
) -> None:
    source.script = lambda _asked: Answer(status, {"ETag": "0" * 32})
    retry = Retry(attempts=2, sleep=lambda _seconds: None)
    here = source.container(retry=retry)
    copier = Transfer(here, destination.container())
    with pytest.raises(StatusError, match=f"source answered {status} to GET"):
        copier.copy(entry(SMALL_BODY))
    assert stored(destination) == []
