# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""How two sides stand, in the words of ``rclone check``.

Its flags ``--match``, ``--differ``, ``--missing-on-src``, ``--missing-on-dst`` and ``--error`` each
name a file for such names (rclone 1.60's ``cmd/check``).
"""

from __future__ import annotations

MATCH = "match"
DIFFER = "differ"
MISSING_ON_SRC = "missing-on-src"
MISSING_ON_DST = "missing-on-dst"
ERROR = "error"

WORDS = (MATCH, DIFFER, MISSING_ON_SRC, MISSING_ON_DST, ERROR)

UNDONE = (DIFFER, MISSING_ON_DST, ERROR)
"""What another copy may put right."""

_OF_COUNT = {
    "copied": MATCH,
    "replaced": MATCH,
    "refreshed": MATCH,
    "kept": MATCH,
    "conflict": DIFFER,
    "failed": ERROR,
    "unreadable": ERROR,
}


def of_copy(counted_as: str, *, back: bool = False) -> str:
    """How both sides stand when a run that copies is done with a name.

    Whatever is neither equal nor at fault, the side that is read does not have, by its listing or
    when it is asked.

    :param counted_as: what the run counts it as.
    :param back: whether it copies from the destination to the source.
    """
    return _OF_COUNT.get(counted_as, MISSING_ON_DST if back else MISSING_ON_SRC)
