# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Places for those who wait."""

from __future__ import annotations

import contextlib

import pytest
from swift_v1_gateway.places import Places


def test_there_are_so_many_for_a_client_and_so_many_for_all() -> None:
    places = Places(3, 2)
    with contextlib.ExitStack() as waiting:
        told = [waiting.enter_context(places.take(client)) for client in "aaabbb"]
        assert told == [True, True, False, True, False, False]
    with places.take("b") as free:
        assert free


def test_a_failure_gives_the_place_back() -> None:
    places = Places(1, 1)
    with pytest.raises(KeyError), places.take("a"):
        raise KeyError
    with places.take("a") as free:
        assert free
