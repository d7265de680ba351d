# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A script for ObjectServer that breaks off in the middle of an object, and knows ranges."""

from __future__ import annotations

import re

from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.relay import SMALL

from tests.unit.plugins.module_utils.fakes.object_server import Answer, Asked
from tests.unit.plugins.module_utils.fakes.object_store import md5

SIZE = 3 * SMALL
BODY = (bytes(range(251)) * (SIZE // 251 + 1))[:SIZE]
ETAG = md5(BODY)
RANGE = re.compile(r"bytes=(\d+)-(\d+)")


class Breaking:
    """A server of one object that gives ranges of it, and breaks off as often as it is told.

    :param cuts: bytes of the body after which each answer breaks off, in their order.
    """

    def __init__(self, cuts: list[int], body: bytes = BODY) -> None:
        self.cuts, self.body = list(cuts), body

    def __call__(self, asked: Asked) -> Answer:
        cut = self.cuts.pop(0) if self.cuts else None
        found = RANGE.fullmatch(asked.headers.get("range", ""))
        if not found:
            return Answer(200, {"ETag": ETAG}, self.body, cut)
        first, last = map(int, found.groups())
        headers = {"ETag": ETAG, "Content-Range": f"bytes {first}-{last}/{len(self.body)}"}
        return part(headers, self.body[first : last + 1], cut)


def part(headers: dict[str, str], body: bytes, cut: int | None) -> Answer:
    if cut == 0:  # ObjectServer takes 0 for no cut
        return Answer(206, {**headers, "Content-Length": str(len(body))}, b"", 1)
    return Answer(206, headers, body, cut)
