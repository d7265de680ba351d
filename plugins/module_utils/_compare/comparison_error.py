# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The error of a comparison that found differences: how many, the first one, what to do."""

from __future__ import annotations

from .._errors import MigrationError
from .._migration.state import Phase
from .finding import Verdict
from .options import CompareOptions
from .proof import Proof

ACCEPT = (
    "Look for what is unreadable in its server's own files and quarantine; what is lost for good "
    "can be accepted by name with accept_unreadable"
)
OPTION = "copy_again (migrate_data_copy_again in the playbooks)"


def differences_error(proof: Proof, options: CompareOptions, forgotten: str = "") -> MigrationError:
    """The error that reports differences.

    :param proof: of containers that are not equal.
    :param forgotten: why it could not be remembered at the destination what was found damaged.
    """
    counts = ", ".join(f"{number} {kind}" for kind, number in proof.faults.items())
    first = proof.differences[0]
    what = ", ".join([first["outcome"], *first["what"]])
    remedies = [
        _repair(proof, options) if proof.repairable else "",
        ACCEPT if proof.objects[Verdict.UNREADABLE.value] else "",
        f"The next comparison will not know what was found damaged: {forgotten}"
        if forgotten
        else "",
    ]
    return MigrationError(
        f"'{options.destination}' does not hold what '{options.source}' holds: {counts}. "
        f"The first is {first['name']}: {what}",
        remedy=". ".join(filter(None, remedies)) or None,
    )


def unproved_error(options: CompareOptions) -> MigrationError:
    """The error of a comparison that found nothing wrong, but did not look at all known damage."""
    return MigrationError(
        f"comparisons before found more objects of '{options.destination}' damaged than can be "
        "remembered, and this one did not read all",
        remedy="Compare with level=content and sample=100% (migrate_data_sample in the playbooks)",
    )


def _repair(proof: Proof, options: CompareOptions) -> str:
    if proof.phase and Phase(proof.phase).in_use:
        return (
            f"'{options.destination}' may be in use, so that swift_sync copies nothing into it: "
            "put back by hand what only the source still has"
        )
    if options.report:
        return f"To copy these again, give swift_sync {options.report} as {OPTION}"
    return f"To copy these again, compare with a report, and give it to swift_sync as {OPTION}"
