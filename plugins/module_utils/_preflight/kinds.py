# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Which kinds of objects the source has that are more than bytes and headers.  Pure."""

from __future__ import annotations

from collections.abc import Iterator

from .._check import OK, WARNING, Check
from .survey import Survey

LARGE, SYMLINKS = "large objects", "symlinks"


def check_kinds(survey: Survey, *, keeps_symlinks: bool) -> Iterator[Check]:
    """Tell how many there are, as far as a listing shows it.

    :param keeps_symlinks: whether the destination does.
    """
    may_be = f"{survey.empty.objects:,} empty ones may be dynamic" if survey.empty.objects else ""
    if survey.large.objects:
        found = f"{survey.large.objects:,} static ones, copied with their segments"
        yield Check(LARGE, OK, f"{found}; {may_be}" if may_be else found)
    else:
        yield Check(LARGE, OK, may_be or "the listing shows none")
    number = survey.symlinks.objects
    if not number:
        yield Check(SYMLINKS, OK, "the listing shows none")
    elif keeps_symlinks:
        yield Check(SYMLINKS, OK, f"{number:,}; those that lead out of the container are copied")
    else:
        yield Check(
            SYMLINKS,
            WARNING,
            f"{number:,}, and the destination knows none",
            "Each becomes an object with what it leads to, which changes by itself no more",
        )
