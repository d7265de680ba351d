# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What a container remembers of the settings that it has taken over."""

from __future__ import annotations

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.carried_memory import (
    CARRIED,
    EACH,
    CarriedMemory,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.container_settings import (
    ContainerState,
)

NOTHING = CarriedMemory()


def remembered(metadata: dict[str, str]) -> CarriedMemory:
    return CarriedMemory.of(ContainerState(exists=True, metadata=metadata))


def test_a_setting_is_remembered_with_its_value() -> None:
    memory = remembered(NOTHING.after({"Owner": "FNNDSC", "Web-Index": "ü.html"}))
    assert memory.has("Owner", "FNNDSC")
    assert memory.has("Web-Index", "ü.html")
    assert not memory.has("Owner", "ü.html")
    assert not NOTHING.has("Owner", "FNNDSC")


def test_nothing_is_written_that_was_never_there_and_what_was_is_removed() -> None:
    assert NOTHING.after({}) == {}
    assert CarriedMemory("old").after({}) == {CARRIED: ""}


def test_it_fits_into_one_value_that_a_swift_takes() -> None:
    taken = {f"Name-{number}": "value" for number in range(2 * EACH)}
    text = NOTHING.after(taken)[CARRIED]
    assert len(text) == 256
    assert sum(remembered({CARRIED: text}).has(*item) for item in taken.items()) == EACH


@pytest.mark.security
def test_of_a_key_of_temporary_urls_nothing_is_remembered() -> None:
    assert NOTHING.after({"Temp-Url-Key": "sesame", "Temp-Url-Key-2": "open it"}) == {}
