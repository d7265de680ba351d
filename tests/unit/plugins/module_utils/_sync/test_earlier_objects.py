# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A destination that holds what the source does not is refused before anything is copied there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.listing import (
    ListedObject,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._sync.earlier_objects import (
    refuse_earlier_objects,
)


def listing(*names: str, md5: str = "h") -> Iterator[ListedObject]:
    for name in names:
        yield ListedObject(name, 1, md5, "text/plain", "2026-01-01T00:00:00.000000")


@pytest.mark.parametrize("names", [(), ("a",), ("a", "c")])
def test_objects_that_the_source_has_too_may_be_there_whatever_is_in_them(
    names: tuple[str, ...],
) -> None:
    refuse_earlier_objects(listing("a", "b", "c"), listing(*names, md5="other"), "new")


def test_others_are_counted_and_the_first_is_named_with_what_may_be_done() -> None:
    others = [f"x/{number:04}" for number in range(1234)]
    with pytest.raises(MigrationError) as caught:
        refuse_earlier_objects(listing("a", "b"), listing("b", *others), "new")
    assert str(caught.value) == (
        "accept_extra: container 'new' holds 1,234 objects that the source does not have, though no "
        "migration has begun there. The first is x/0000. Name another container, or remove them. If "
        "they belong there, set it to true: they are left alone then, whatever prune says."
    )
