# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The plan of two synthetic listings of which 1 % differs, made lazily.

It prints how many names got which action.

python -m tests.benchmarks.plan_program ENTRIES
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator

from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.plan import (
    ChangeDetection,
    plan,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.listing import (
    ListedObject,
)

OLD, NEW = "2024-01-01T00:00:00.000000", "2024-01-02T00:00:00.000000"
MARGIN = 3.5  # seconds; what two Date headers leave uncertain, and two for the copy


def entries(number: int, *, copied: bool) -> Iterator[ListedObject]:
    """Yield one side.  Of 400 names it has one that the other has not, and two have other bytes.

    :param copied: the destination's side.
    """
    for count in range(number):
        place = count % 400
        side = ("b" if copied else "a") if place == 399 else ""
        changed = copied and place in (100, 200)
        yield ListedObject(
            f"data/{count:08}{side}.dcm",
            4096,
            f"{count + changed:032x}",
            "application/dicom",
            NEW if copied else OLD,
        )


def main() -> None:
    number = int(sys.argv[1])
    compare = ChangeDetection(margin=MARGIN, since=OLD).decide
    steps = plan(entries(number, copied=False), entries(number, copied=True), compare)
    print(json.dumps(Counter(step.action.value for step in steps)))


if __name__ == "__main__":
    main()
