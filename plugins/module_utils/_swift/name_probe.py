# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Whether a destination keeps names as they are: a proxy before it may change some of them.

A proxy that takes ``a//b`` for ``a/b`` puts two objects in one place, and no answer tells it.
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable
from typing import NamedTuple

from .._errors import MigrationError
from .container import Container
from .listing import ListedObject

SCRATCH = re.compile("_swift_migration_probe_[0-9a-f]{16}/")
CONTENT_TYPE = "application/x-swift-migration-probe"
"""How scratch objects are recognised, which a run that was killed leaves behind."""

LISTINGS, PAUSE = 10, 0.2
"""How often, and after how many seconds, a listing is read that does not show an object yet."""


class Form(NamedTuple):
    """A form of names that proxies and gateways are known to change.

    :param what: what it is called in an error.
    :param pattern: found in each name that has it.
    :param example: a name that has it and no other.
    """

    what: str
    pattern: re.Pattern[str]
    example: str


FORMS = (
    Form("'//' in them", re.compile("^/|//"), "a//b"),
    Form("'/./' in them", re.compile(r"(^|/)\.(/|$)"), "a/./b"),
    Form("'/../' in them", re.compile(r"(^|/)\.\.(/|$)"), "a/c/../b"),
    Form("a backslash in them", re.compile(r"\\"), "a\\b"),
    Form("'%' in them", re.compile("%"), "a%2Fb"),
    Form("'/' at their ends", re.compile("[^/]/$"), "a/b/"),
)

SUSPECT = re.compile(r"[\\%]|/[/.]|^[/.]|/$")
"""Found in each name that has one of the forms, and in few others."""


class ChangedNameError(MigrationError):
    """The destination would not keep the name of an object."""

    fatal = True


def is_scratch(entry: ListedObject) -> bool:
    """Whether a listing shows a scratch object of a probe, and nobody else's object."""
    ours = entry.content_type == CONTENT_TYPE and not entry.size
    return ours and SCRATCH.match(entry.name) is not None


class NameProbe:
    """Puts a scratch object for each form of a name before the first object that has it.

    :param destination: the container that is written to.
    :param is_at_source: whether the source has an object of a name.
    """

    def __init__(
        self, destination: Container, is_at_source: Callable[[str], bool] = lambda _name: False
    ) -> None:
        self._destination, self._is_at_source = destination, is_at_source
        self._kept: set[Form] = set()

    def check(self, name: str) -> None:
        """See that the destination keeps names of the forms that this one has.

        :raises ChangedNameError: it does not.
        :raises MigrationError: the scratch object cannot be put, listed or deleted.
        """
        if not SUSPECT.search(name):
            return
        for form in FORMS:
            if form not in self._kept and form.pattern.search(name):
                if self._stored_as(form.example) != form.example:
                    raise ChangedNameError(
                        f"something before {self._destination.connection.storage_url} changes "
                        f"names with {form.what}: {self._consequence(name)}",
                        option="destination",
                        remedy="Reach the object store without that proxy, or have it keep paths "
                        "as they are. No object with such a name was copied",
                    )
                self._kept.add(form)

    def _consequence(self, name: str) -> str:
        """What would become of the first object that has such a name."""
        other = self._stored_as(name)
        if not other:
            return f"the source's {name!r} would be stored under another name"
        shared = ", where the source has another object" if self._is_at_source(other) else ""
        return f"the source's {name!r} would be stored as {other!r}{shared}"

    def _stored_as(self, example: str) -> str:
        """The name under which the destination keeps an object; "" if that cannot be found."""
        destination = self._destination
        # A leading "_" is one more form: old Ceph releases took it for their own.
        scratch = f"_swift_migration_probe_{secrets.token_hex(8)}"
        name = f"{scratch}/{example}"
        destination.request("PUT", name, headers={"Content-Type": CONTENT_TYPE})
        found: list[str] = []
        try:
            for _attempt in range(LISTINGS):
                found = [entry.name for entry in destination.listing(scratch)]
                if found:
                    break
                time.sleep(PAUSE)
            return found[0].removeprefix(f"{scratch}/") if len(found) == 1 else ""
        finally:
            for listed in {name, *found}:
                destination.request("DELETE", listed, accept=(404,))
