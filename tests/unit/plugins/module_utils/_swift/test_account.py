# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What an account's HEAD tells, and who gets no answer."""

from __future__ import annotations

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.account import Account

from tests.unit.plugins.module_utils.fakes.object_server import Answer, ObjectServer


def test_totals_are_read(source: ObjectServer) -> None:
    headers = {
        "X-Account-Bytes-Used": "10",
        "X-Account-Object-Count": "2",
        "X-Account-Container-Count": "1",
        "X-Account-Meta-Quota-Bytes": "100",
    }
    source.script = lambda _asked: Answer(204, headers)
    assert Account.of(source.connection) == Account(10, 2, 1, 100)


def test_totals_are_unknown_to_who_may_not_ask(source: ObjectServer) -> None:
    source.script = lambda _asked: Answer(403)
    assert Account.of(source.connection) == Account()


def test_totals_of_a_broken_server_are_an_error(source: ObjectServer) -> None:
    source.script = lambda _asked: Answer(400)
    with pytest.raises(MigrationError, match="answered 400"):
        Account.of(source.connection)


@pytest.mark.parametrize("quota", ["²", "9" * 5000])
def test_a_quota_that_is_no_number_is_none(source: ObjectServer, quota: str) -> None:
    source.script = lambda _asked: Answer(204, {"X-Account-Meta-Quota-Bytes": quota})
    assert Account.of(source.connection) == Account()
