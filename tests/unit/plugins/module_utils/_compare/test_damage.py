# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What was found damaged, as the metadata keeps it."""

from __future__ import annotations

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._compare.damage import (
    MAX_DIGESTS,
    Damage,
    digest,
)

EARLIER, NOW = "2026-01-01T00:00:00", "2026-02-02T00:00:00"


def digests(*numbers: int) -> frozenset[str]:
    return frozenset(digest(f"{number}") for number in numbers)


@pytest.mark.parametrize("number", [0, 1, 33, MAX_DIGESTS])
def test_what_was_written_is_read_back(number: int) -> None:
    damage = Damage(NOW, digests(*range(number)), number == MAX_DIGESTS)
    headers = damage.headers()
    assert Damage.of(headers) == damage
    assert all(len(value) <= 256 for value in headers.values())
    assert all(damage.has(f"{each}") for each in range(number))
    assert not damage.has("other")


def test_a_container_without_any_has_none() -> None:
    assert Damage.of({"x-container-object-count": "3"}) == Damage()
    assert not any(Damage().headers().values())


def test_what_is_damaged_is_remembered_and_what_is_sound_again_is_not() -> None:
    before = Damage(EARLIER, digests(1, 2))
    assert before.after(digests(3), digests(1), NOW) == Damage(NOW, digests(2, 3))
    assert before.after(digests(2), digests(1), NOW) == Damage(EARLIER, digests(2))
    assert before.after((), digests(1, 2), NOW) == Damage()
    assert before.after((), (), NOW) == before


def test_what_nobody_shows_any_more_is_forgotten_when_all_else_is_right() -> None:
    before = Damage(EARLIER, digests(1, 2))
    assert before.after((), (), NOW, complete=True) == Damage()
    assert before.after(digests(2), (), NOW, complete=True).digests == digests(2)


def test_of_too_many_the_rest_is_remembered_as_such_until_all_were_read() -> None:
    many = Damage().after(digests(*range(MAX_DIGESTS + 1)), (), NOW)
    assert (len(many.digests), many.more) == (MAX_DIGESTS, True)
    sound = many.after((), many.digests, NOW, complete=True)
    assert (sound.digests, sound.more) == (frozenset(), True)
    assert Damage.of(sound.headers()) == sound
    assert sound.after((), (), NOW, complete=True, whole=True) == Damage()


def test_as_many_as_fit_are_not_too_many() -> None:
    full = Damage().after(digests(*range(MAX_DIGESTS)), (), NOW)
    assert (len(full.digests), full.more) == (MAX_DIGESTS, False)
    assert full.after(digests(0, MAX_DIGESTS - 1), (), NOW) == full


def test_what_is_remembered_already_stays_when_there_is_no_room() -> None:
    full = Damage().after(digests(*range(MAX_DIGESTS)), (), EARLIER)
    after = full.after(digests(*range(MAX_DIGESTS, MAX_DIGESTS + 9)), (), NOW)
    assert (after.digests, after.more, after.found) == (full.digests, True, NOW)


def test_what_could_not_be_asked_for_is_remembered_as_far_as_there_is_room() -> None:
    failed = digests(*range(MAX_DIGESTS + 5))
    before = Damage(EARLIER, digests(-1))
    after = before.after(digests(-2), (), NOW, failed)
    assert (len(after.digests), after.more, after.found) == (MAX_DIGESTS, False, NOW)
    assert after.digests > digests(-1, -2)
