# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Whether names stay as they are on the way to the destination."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from .._check import FAILURE, OK, WARNING, Check
from .._errors import MigrationError
from .._printable import printable
from .._swift.container import Container
from .._swift.name_probe import ChangedNameError, Form, NameProbe
from .survey import Named


def check_names(scratch: Container, forms: Mapping[Form, Named], where: str) -> Iterator[Check]:
    """Put a scratch object for each form of names that the source has.

    :param forms: how many names have each.
    :param where: through what: ``names at the destination``.
    """
    changed = False
    for form, named in forms.items():
        try:
            NameProbe(scratch).check(form.example)
        except ChangedNameError as error:
            changed = True
            yield Check(
                where,
                FAILURE,
                f"something before {scratch.connection.storage_url} changes names with "
                f"{form.what}: {named.objects:,}, as {printable(named.names[0])}",
                error.remedy or "",
            )
        except MigrationError as error:
            changed = True
            yield Check.failed(where, error)
    if not changed:
        what = ", ".join(form.what for form in forms)
        yield Check(where, OK, f"kept, also with {what}" if forms else "all are of the usual form")


def not_probed(forms: Mapping[Form, Named], where: str) -> Iterator[Check]:
    """Tell what nobody knows without a scratch object."""
    if forms:
        what = ", ".join(form.what for form in forms)
        yield Check(
            where,
            WARNING,
            f"whether they are kept with {what} is not known without a scratch object",
            "Let the preflight measure: it puts one for each form, and removes it",
        )
    else:
        yield Check(where, OK, "all are of the usual form")
