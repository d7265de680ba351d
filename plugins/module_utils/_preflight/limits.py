# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Whether the destination takes the source's names and sizes.  Pure."""

from __future__ import annotations

from collections.abc import Iterator

from .._check import FAILURE, OK, Check
from .._cloud.object_limits import ObjectLimits
from .._printable import printable
from .survey import Named, Survey

NAMES, SIZES, S3_NAMES = "longest name", "largest object", "names over S3"


def check_limits(survey: Survey, limits: ObjectLimits) -> Iterator[Check]:
    """Compare the longest name and the largest object with what the destination takes."""
    if survey.too_long.objects:
        yield Check(
            NAMES,
            FAILURE,
            f"{_told(survey.too_long)} longer than the {limits.name:,} bytes that the destination "
            f"takes; the longest has {survey.name_length:,}",
            "Rename them at the source, with the application, or ask the destination's operators",
        )
    else:
        yield Check(
            NAMES, OK, f"{survey.name_length:,} bytes; the destination takes {limits.name:,}"
        )
    largest = survey.largest.size if survey.largest else 0
    if survey.over_size.objects and largest > limits.size * limits.segments:
        yield Check(
            SIZES,
            FAILURE,
            f"{_told(survey.over_size)} larger than the {limits.size:,} bytes that the destination "
            f"takes in one piece; it takes {limits.segments:,} pieces of one object",
            "Ask the destination's operators for static large objects",
        )
    elif survey.over_size.objects:
        yield Check(
            SIZES, OK, f"{largest:,} bytes; {survey.over_size.objects:,} objects are cut in pieces"
        )
    else:
        yield Check(SIZES, OK, f"{largest:,} bytes; the destination takes {limits.size:,}")


def check_s3_names(survey: Survey) -> Iterator[Check]:
    """See that django-storages asks for each object by its own name."""
    if survey.changed_names.objects:
        yield Check(
            S3_NAMES,
            FAILURE,
            f"{_told(survey.changed_names)} changed by CUBE's S3 client, which takes names for "
            "paths, and would find other files there or none",
            "Choose cube_storage_backend swift and a v1 auth gateway, which serve them all, or "
            "allow it with migrate_data_allow_changed_names",
        )
    else:
        yield Check(S3_NAMES, OK, "CUBE's S3 client changes none")


def _told(named: Named) -> str:
    first = printable(named.names[0])
    return f"the name {first} is" if named.objects == 1 else f"{named.objects:,}, as {first}, are"
