# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Symlinks: what an answer tells of one, and where it leads.  Pure.

A Swift answers a GET or HEAD of a symlink with its target.  Only ``?symlink=get`` shows the symlink
itself, which is empty.
"""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import quote, unquote

from .._transport.http_messages import Response

ITSELF = "symlink=get"
"""The query that asks for a symlink itself; another object is not affected."""

TARGET = "x-symlink-target"
ACCOUNT = "x-symlink-target-account"
ETAG = "x-symlink-target-etag"

LOCATION = "content-location"
"""Where a Swift has found what it answers to a request for a symlink."""

OF_A_VERSION = "?version-id="
"""What is in the target of a symlink by which a Swift keeps old versions of an object.  It shows
each object of such a container as a symlink to its latest version (2.38's ``object_versioning``).
Another target has no question mark, as it is quoted."""

BROKEN = (404, 409)
"""What a Swift answers for a symlink whose target is not there, or is not what it was."""


class Symlink(NamedTuple):
    """Where a symlink leads.

    :param account: empty for the account that it is in itself.
    :param etag: the only ETag with which it is followed; empty for any.
    """

    container: str
    name: str
    account: str = ""
    etag: str = ""

    @classmethod
    def of(cls, itself: Response, account: str) -> Symlink | None:
        """Read it from the answer for the symlink itself; None if it is no symlink.

        :param account: which it is in.
        """
        headers = itself.headers
        if itself.status != 200 or TARGET not in headers or OF_A_VERSION in headers[TARGET]:
            return None
        container, _slash, name = unquote(headers[TARGET]).partition("/")
        other = unquote(headers.get(ACCOUNT, ""))
        return cls(container, name, "" if other == account else other, headers.get(ETAG, ""))

    def moved(self, source: str, destination: str) -> Symlink | None:
        """The same one in a container that holds what another one holds; None if it leads elsewhere.

        :param source: the container's name.  :param destination: the other one's.
        """
        is_within = self.container == source and not self.account
        return self._replace(container=destination) if is_within else None

    def headers(self) -> dict[str, str]:
        """The headers of the PUT that makes it."""
        target = quote(f"{self.container}/{self.name}", safe="/")
        return {TARGET: target, **({ETAG: self.etag} if self.etag else {})}

    def why_broken(self) -> str:
        """What is the matter if it leads to nothing."""
        version = f" with the ETag {self.etag}" if self.etag else ""
        return f"it is a symlink to '{self}', which is not there{version}"

    def __str__(self) -> str:
        """Where it leads, as a person is told."""
        return "/".join(part for part in (self.account, self.container, self.name) if part)


def account_of(storage_url: str) -> str:
    """The account's name in its URL."""
    return unquote(storage_url.rstrip("/").rpartition("/")[2])


def container_found(response: Response) -> tuple[str, str] | None:
    """The account and the container where a server has found what it answers for a symlink.

    :returns: None if it was no symlink, or the answer does not tell.
    """
    parts = response.headers.get(LOCATION, "").split("/", 4)
    return (unquote(parts[2]), unquote(parts[3])) if len(parts) > 4 and not parts[0] else None
