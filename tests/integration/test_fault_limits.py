# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A destination whose ``/info`` says that it takes less than the source has."""

from __future__ import annotations

import json

from tests.integration.faulty import Faulty, asks
from tests.integration.pair import fill
from tests.servers.faults import Edit, Status


def lowered(body: bytes) -> bytes:
    info = json.loads(body)
    info["swift"] |= {"max_object_name_length": 20, "max_meta_value_length": 30}
    return json.dumps(info).encode()


def test_what_it_does_not_take_is_named_unsent_and_the_rest_is_copied(faulty: Faulty) -> None:
    fill(faulty, 5)
    faulty.source.put(faulty.name, "a" * 21, b"1")
    faulty.source.put(faulty.name, "long", b"1", {"X-Object-Meta-Note": "n" * 31})
    info = faulty.there.inject(Edit(lowered), lambda asked: asked.path == "/info", times=None)
    sent = [
        faulty.there.inject(Status(500), asks("PUT", name), times=0) for name in ("a" * 21, "long")
    ]
    result = faulty.sync()
    assert info.injected == 1
    assert result["failed"]
    assert result["objects"]["copied"] == 5
    reasons = {failure["name"]: failure["reason"] for failure in result["failures"]}
    assert sorted(reasons) == ["a" * 21, "long"]
    assert "21 bytes, the destination takes 20" in reasons["a" * 21]
    assert "'note' has 31 bytes, the destination takes 30" in reasons["long"]
    assert [rule.matched for rule in sent] == [0, 0]
