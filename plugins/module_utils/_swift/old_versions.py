# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""How many old versions of objects a container keeps."""

from __future__ import annotations

from urllib.parse import quote

from .._errors import MigrationError
from .._transport.http_messages import BodyTooLargeError
from .container import SHORT_PAGE, Container
from .listing import rows

DELETED = "application/x-deleted;swift_versions_deleted=1"
"""The content type of a version that says that the object was deleted then."""


def count_old_versions(container: Container) -> int:
    """Count the versions of objects that are not the latest ones.

    :param container: one with object versioning (``X-Versions-Enabled``).
    :raises MigrationError: it cannot be listed so.
    """
    count = 0
    place = ("", "")
    while True:
        query = "versions&format=json"
        for key, value in zip(("marker", "version_marker"), place, strict=True):
            if value:
                query += f"&{key}={quote(value, safe='')}"
        page = rows(_page(container, query), container.where)
        if not page:
            return count
        count += sum(
            row.get("is_latest") is False and row.get("content_type") != DELETED for row in page
        )
        last = (page[-1]["name"], str(page[-1].get("version_id", "")))
        if last == place or last[0] < place[0]:
            raise MigrationError(f"the versions of {container.where} are not listed in order")
        place = last


def _page(container: Container, query: str) -> bytes:
    try:
        return container.request("GET", query=query).body
    except BodyTooLargeError:  # long names, as in Container.page
        return container.request("GET", query=f"{query}&limit={SHORT_PAGE}").body
