# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""One object copied: one GET, one PUT, everything about it carried along, no HEAD."""

from __future__ import annotations

import enum
import time
from typing import NamedTuple

from ansible_collections.fnndsc.swift_migration.plugins.module_utils._container import Container
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._http import Response
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._listing import Entry
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._metadata_limits import (
    MetadataLimits,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._relay import Relay, Upload

CARRIED = frozenset(
    {
        "cache-control",
        "content-disposition",
        "content-encoding",
        "content-language",
        "content-type",
        "expires",
        "x-delete-at",
        "x-robots-tag",
    }
)
"""Headers besides metadata that Swift stores with an object (its ``allowed_headers``)."""

META = "x-object-meta-"

STRAY = frozenset({"x-object-meta-static-large-object"})
"""Ceph RGW invents it on an SLO (measured)."""

AS_MANIFEST = "multipart-manifest=get&format=raw"
"""Asks for a large object's manifest in the form that PUT takes; a plain object is not affected."""


class Kind(enum.Enum):
    """How the work on one object ended."""

    COPIED = "copied"
    KEPT = "kept"
    DELETED = "deleted"
    VANISHED = "vanished"
    EXPIRED = "expired"
    LARGE = "large"
    FAILED = "failed"


class Outcome(NamedTuple):
    """How the work on one object ended.

    :param size: bytes carried.  :param reason: why it failed, in one line.
    """

    kind: Kind
    name: str
    size: int = 0
    reason: str = ""


class NotFoundForAMomentError(MigrationError):
    """A GET was answered with 404 for an object that is there."""

    retryable = True


class Transfer:
    """Copies single objects from one container to another.  For one thread.

    :param metadata: what metadata the destination takes.
    """

    def __init__(
        self,
        source: Container,
        destination: Container,
        relay: Relay | None = None,
        metadata: MetadataLimits | None = None,
    ) -> None:
        self.source, self.destination = source, destination
        self.metadata = metadata or MetadataLimits()
        self.relay = relay or Relay(source.tls, destination.tls, source.limits)

    def between(self, source: str, destination: str) -> Transfer:
        """The same for two other containers of the same accounts."""
        return Transfer(
            self.source.sibling(source),
            self.destination.sibling(destination),
            self.relay,
            self.metadata,
        )

    def copy(self, entry: Entry, new_name: str | None = None) -> Outcome:
        """Copy the object as it is now, which may be newer than its entry.

        :param new_name: its name at the destination, when it is another.
        :returns: COPIED; VANISHED or EXPIRED; LARGE for a manifest, which is not copied here.
        :raises MigrationError: it could not be copied; the destination is as before.
        """
        target = entry.name if new_name is None else new_name

        def once() -> Outcome:
            get = self.source.prepare("GET", entry.name, query=AS_MANIFEST)
            put = get

            def upload_for(got: Response) -> Upload | None:
                if got.status != 200 or is_large(got):
                    return None
                etag = _promised(got, "etag").strip('"').lower()
                headers = {**carried_headers(got), "ETag": etag}
                self.metadata.check(headers)
                nonlocal put
                put = self.destination.prepare("PUT", target, headers=headers)
                return Upload(put, int(_promised(got, "content-length")), etag)

            relayed = self.relay.copy(get, upload_for, entry.size)
            if relayed.get.status == 404:
                return self._gone(entry)
            self.source.check(get, relayed.get)
            if relayed.put is None:
                return Outcome(Kind.LARGE, entry.name)
            if relayed.put.status == 400 and _expired(relayed.get):
                return Outcome(Kind.EXPIRED, entry.name)
            self.destination.check(put, relayed.put)
            return Outcome(Kind.COPIED, entry.name, int(relayed.get.headers["content-length"]))

        return self.source.retry.call(once)

    def refresh(self, entry: Entry) -> Outcome:
        """Copy an object again only if it differs from the copy: KEPT where it does not.

        A large one is LARGE, as a HEAD does not show its segments.
        """
        here, there = self._heads(entry.name)
        if is_large(here):
            return Outcome(Kind.LARGE, entry.name)
        return Outcome(Kind.KEPT, entry.name) if _same(here, there) else self.copy(entry)

    def same(self, name: str) -> bool:
        """Whether a HEAD of both sides shows the same ETag, the same headers and the same kind."""
        return _same(*self._heads(name))

    def delete(self, name: str) -> Outcome:
        """Delete an object of the destination that the source, asked by HEAD, does not have."""
        if self.source.request("HEAD", name, accept=(404,)).status != 404:
            return Outcome(Kind.KEPT, name)
        self.destination.request("DELETE", name, accept=(404,))
        return Outcome(Kind.DELETED, name)

    def _heads(self, name: str) -> tuple[Response, Response]:
        here, there = self.source, self.destination
        return (
            here.request("HEAD", name, accept=(404,)),
            there.request("HEAD", name, accept=(404,)),
        )

    def _gone(self, entry: Entry) -> Outcome:
        # An expired object gives 404 but stays listed until the expirer comes.
        first = next(self.source.listing(entry.name), None)
        if first is None or first.name != entry.name:
            return Outcome(Kind.VANISHED, entry.name)
        if self.source.request("HEAD", entry.name, accept=(404,)).status != 404:
            raise NotFoundForAMomentError(f"the source did not find '{entry.name}' for a moment")
        return Outcome(Kind.EXPIRED, entry.name)


def carried_headers(response: Response) -> dict[str, str]:
    """The headers of an object that belong to it and go with it."""
    return {
        name: value
        for name, value in response.headers.items()
        if name in CARRIED or (name.startswith(META) and name not in STRAY)
    }


def is_large(response: Response) -> bool:
    """Whether a GET or HEAD answered for a large object (SLO or DLO)."""
    static = response.headers.get("x-static-large-object", "").lower() == "true"
    return static or "x-object-manifest" in response.headers


def etag_of(response: Response) -> str:
    """An object's ETag without the quotes that only large objects have."""
    return response.headers.get("etag", "").strip('"')


def _promised(got: Response, header: str) -> str:
    if header not in got.headers:
        raise MigrationError(f"the source sent no {header}, without which nothing can be verified")
    return got.headers[header]


def _same(source: Response, destination: Response) -> bool:
    found = source.status == destination.status == 200
    return found and _identity(source) == _identity(destination)


def _identity(head: Response) -> tuple[dict[str, str], str, bool]:
    return carried_headers(head), etag_of(head), is_large(head)


def _expired(response: Response) -> bool:
    moment = response.headers.get("x-delete-at", "")
    return moment.isdecimal() and int(moment) <= time.time() + 60
