# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Bytes are right only if every part that has an MD5 is, however they come."""

from __future__ import annotations

from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.range_checksums import (
    ChecksummedRange,
    RunningChecksums,
)
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.plugins.module_utils.fakes.object_store import md5

PARTS = st.lists(st.binary(max_size=20), min_size=1, max_size=6)


def ranges(parts: list[bytes]) -> list[ChecksummedRange]:
    return [ChecksummedRange(len(part), md5(part)) for part in parts]


@given(PARTS, st.integers(1, 30))
def test_the_right_bytes_are_complete_at_their_end_and_not_before(
    parts: list[bytes], step: int
) -> None:
    data = b"".join(parts)
    check = RunningChecksums(ranges(parts))
    for place in range(0, len(data), step):
        assert not check.complete
        check.update(data[place : place + step])
    assert check.complete
    check.update(b"x")
    assert not check.complete


@given(PARTS, st.data())
def test_one_other_byte_is_found_unless_its_part_has_no_md5(
    parts: list[bytes], data: st.DataObject
) -> None:
    parts = [part for part in parts if part] or [b"1"]
    known = data.draw(st.lists(st.booleans(), min_size=len(parts), max_size=len(parts)))
    which = data.draw(st.integers(0, len(parts) - 1))
    damaged = [*parts]
    damaged[which] = bytes([parts[which][0] ^ 1]) + parts[which][1:]
    check = RunningChecksums(
        ChecksummedRange(len(part), md5(part) if told else None)
        for part, told in zip(parts, known, strict=True)
    )
    check.update(b"".join(damaged))
    assert check.complete is not known[which]


def test_a_copy_goes_its_own_way() -> None:
    check = RunningChecksums(ranges([b"abcd"]))
    check.update(b"ab")
    wrong = check.copy()
    wrong.update(b"xx")
    check.update(b"cd")
    assert (check.complete, wrong.complete) == (True, False)
    assert "the source's ETag is" in wrong.wrong
