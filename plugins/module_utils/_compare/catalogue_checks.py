# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What is told of the names that an application knows: a verdict and a remedy.  Pure."""

from __future__ import annotations

from collections.abc import Iterator

from .._check import FAILURE, OK, WARNING, Check
from .._printable import printable_json
from .catalogue import CHANGED, Catalogue, Fate, Stage

FILES = "files of the catalogue"
OVER_S3 = "names of the catalogue over S3"

_SHOWN = 3
"""How many names a sentence holds."""


def checks(found: Catalogue, containers: tuple[str, str], *, allow_changed: bool) -> list[Check]:
    """What was found.

    :param containers: the names of the old and the new one.
    :param allow_changed: names that the application asks for in another form are no failure.
    """
    told = [*_emptiness(found), *_absent(found, *containers)]
    if not told:
        told = [Check(FILES, OK, _there(found))]
    return [*told, *_over_s3(found, allow_changed=allow_changed)]


def _emptiness(found: Catalogue) -> Iterator[Check]:
    if not found.known and found.unknown:
        yield Check(
            FILES,
            WARNING,
            f"the catalogue knows no file, though there are {found.unknown:,} objects: it tells "
            "nothing of what may be lost",
            "Look whether it is the right database, or the right file",
        )


def _absent(found: Catalogue, old: str, new: str) -> Iterator[Check]:
    """What is not where it should be, the worst first."""
    of = f"of {found.known:,} files of the catalogue"
    counts = found.counts
    if found.is_of_another:
        yield Check(
            FILES,
            FAILURE,
            f"{counts[Fate.MISSING]:,} {of} are neither in {old} nor in {new}: these are other "
            f"containers than the catalogue's. {_first(found, Fate.MISSING)}",
            "Look at the login and the container, and whether it is the right database",
        )
        return
    if number := counts[Fate.LOST]:
        yield Check(
            FILES,
            FAILURE,
            f"{number:,} {of} are in {old} and not in {new}. {_first(found, Fate.LOST)}",
            "Nothing deletes them in the old container. Put them back by hand; if CUBE runs, it "
            "may be deleting them: look again first"
            if found.stage is Stage.IN_USE
            else "Nothing deletes them in the old container. Copy again",
        )
    if number := counts[Fate.UNLISTED]:
        yield Check(
            FILES,
            FAILURE,
            f"{old} gives {number:,} {of} and does not list them, so that nothing copies them. "
            f"{_first(found, Fate.UNLISTED)}",
            "Its server's administrator can repair the database of this container. Or read them "
            "and write them again",
        )
    if number := counts[Fate.NEW_ONLY]:
        yield Check(
            FILES,
            FAILURE,
            f"{number:,} {of} are in {new} and not in {old} any more; a cutover deletes them there. "
            f"{_first(found, Fate.NEW_ONLY)}",
            f"Copy them back to {old} by hand; if CUBE runs, it may be deleting them: look again "
            "first",
        )
    if number := counts[Fate.MISSING]:
        when = "" if found.stage is Stage.IN_USE else ": they were lost before the migration"
        yield Check(
            FILES,
            WARNING,
            f"{number:,} {of} are neither in {old} nor in {new}{when}. "
            f"{_first(found, Fate.MISSING)}",
            "CUBE answers 500 for a folder that has one. Take them from a backup, or delete them in "
            "CUBE. If it runs, it may be deleting them",
        )
    if number := counts[Fate.JUST_GONE]:
        yield Check(
            FILES,
            WARNING,
            f"{number:,} {of} were in place a moment ago, and are not any more",
            "If CUBE runs, it may be deleting them: look again",
        )


def _over_s3(found: Catalogue, *, allow_changed: bool) -> Iterator[Check]:
    if found.changed:
        yield Check(
            OVER_S3,
            WARNING if allow_changed else FAILURE,
            f"CUBE asks for {found.changed:,} of {found.known:,} files by another name over S3, and "
            f"gives another file's bytes, or none. {_first(found, CHANGED)}",
            "Choose cube_storage_backend swift and a v1 auth gateway, which serve them all",
        )


def _there(found: Catalogue) -> str:
    where = "the old container" if found.stage is Stage.COPYING else "place"
    others = f", besides {found.unknown:,} objects that it does not know" if found.unknown else ""
    return f"all {found.known:,} files of the catalogue are in {where}{others}"


def _first(found: Catalogue, kind: Fate | str) -> str:
    names = found.names[kind.value if isinstance(kind, Fate) else kind][:_SHOWN]
    return f"The first: {', '.join(map(printable_json, names))}"
