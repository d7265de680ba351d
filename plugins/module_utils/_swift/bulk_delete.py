# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Emptying a container."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import Any
from urllib.parse import quote, unquote

from .._errors import MigrationError
from .._transport.http_messages import Response
from .._transport.json_answer import read_json
from .container import Container

MAX_BULK_NAMES = 1000
"""Names in one bulk delete: of more, Ceph RGW leaves some out without a word (measured)."""


def delete_objects(container: Container) -> int:
    """Delete every object that the container lists, and give their number.

    Segments of large objects are deleted only as far as they are in this container.

    :raises MigrationError: an object was not deleted.
    """
    most = min(MAX_BULK_NAMES, container.connection.profile().bulk_delete)
    names = (entry.name for entry in container.listing())
    if not most:
        return sum(_delete(container, name) for name in names)
    deleted = 0
    while batch := list(islice(names, most)):
        _bulk_delete(container, batch)
        deleted += len(batch)
    return deleted


def _delete(container: Container, name: str) -> int:
    container.request("DELETE", name, accept=(404,))
    return 1


def _bulk_delete(container: Container, names: Sequence[str]) -> None:
    lines = [quote(f"/{container.name}/{name}", safe="/") for name in names]

    response = container.client.request(
        "POST",
        query="bulk-delete",
        headers={"Content-Type": "text/plain", "Accept": "application/json"},
        body="\n".join(lines).encode(),
    )
    _check(response, container.name)


def _check(response: Response, container: str) -> None:
    # The status is 200 whatever happened; the body tells.
    try:
        outcome: Any = read_json(response.body)
        status, errors = outcome["Response Status"], outcome["Errors"]
    except (ValueError, TypeError, KeyError):
        raise MigrationError(
            f"the server's answer to a bulk delete in container '{container}' cannot be read"
        ) from None
    if errors:
        path, reason = errors[0]
        raise MigrationError(
            f"{len(errors)} objects could not be deleted, the first is {unquote(path)} ({reason})"
        )
    if not status.startswith("2"):
        raise MigrationError(f"a bulk delete in container '{container}' was answered {status}")
