# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""How many bytes have come of bodies that are not over."""

from __future__ import annotations

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.bytes_in_flight import (
    BytesInFlight,
)


def test_a_body_counts_until_it_is_over() -> None:
    in_flight = BytesInFlight()
    with in_flight.body() as came:
        assert in_flight.size == 0
        came(3)
        came(4)
        assert in_flight.size == 7
    assert in_flight.size == 0


def test_each_body_takes_only_its_own_bytes_away() -> None:
    in_flight = BytesInFlight()
    with in_flight.body() as one:
        one(3)
        with in_flight.body() as other:
            other(4)
            one(1)
            assert in_flight.size == 8
        assert in_flight.size == 4


def test_a_body_that_breaks_off_came_in_vain() -> None:
    in_flight = BytesInFlight()
    with pytest.raises(ConnectionError), in_flight.body() as came:
        came(3)
        raise ConnectionError
    assert in_flight.size == 0
