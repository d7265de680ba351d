# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""JSON of a server: what it becomes in memory has a limit."""

from __future__ import annotations

import json

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport import json_answer
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.http_messages import (
    MAX_BODY,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.json_answer import (
    MAX_VALUES,
    read_json,
)

from tests.unit.plugins.module_utils.fakes.memory_bombs import BOMBS, at_most


@pytest.mark.parametrize("body", [b"", b"[1", b"<html>", b'"\xff"'])
def test_what_is_no_json_is_a_wrong_value(body: bytes) -> None:
    with pytest.raises(ValueError):
        read_json(body)


def listed(item: bytes, number: int) -> bytes:
    return b"[" + b",".join([item] * number) + b"]"


def test_as_many_values_are_read_as_are_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_answer, "MAX_VALUES", 1000)
    assert read_json(listed(b"10", 1000)) == [10] * 1000
    with pytest.raises(ValueError, match=r"more than 1,000 values in it"):
        read_json(listed(b"1", 1001))


@pytest.mark.parametrize("item", [b"[]", b"{}"])
def test_lists_and_objects_without_anything_in_them_count(
    monkeypatch: pytest.MonkeyPatch, item: bytes
) -> None:
    monkeypatch.setattr(json_answer, "MAX_VALUES", 1000)
    assert len(read_json(listed(item, 500))) == 500
    with pytest.raises(ValueError, match="more than 1,000 values in it"):
        read_json(listed(item, 1000))


@pytest.mark.security
@BOMBS
def test_json_of_many_values_is_not_read(body: bytes) -> None:
    with at_most(2 * MAX_BODY), pytest.raises(ValueError):
        read_json(body)


@pytest.mark.security
def test_json_that_is_nested_too_deep_is_not_read() -> None:
    # Of so many values that their number is allowed.
    body = b"[" * (MAX_VALUES // 2) + b"]" * (MAX_VALUES // 2)
    with at_most(MAX_BODY), pytest.raises(ValueError, match="nested too deep"):
        read_json(body)


@pytest.mark.security
def test_json_of_many_texts_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_answer, "MAX_VALUES", 1000)
    assert read_json(b"[" + b'"[,{",' * 900 + b'"[,{"]')
    with pytest.raises(ValueError):
        read_json(b"[" + b'"[,{",' * 1100 + b'"[,{"]')


def test_marks_within_texts_are_no_values() -> None:
    told = [{"name": '[,{\\"' * (MAX_VALUES // 2)}]
    assert read_json(json.dumps(told).encode()) == told
