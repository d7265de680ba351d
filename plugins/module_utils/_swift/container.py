# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A container as one worker thread sees it: its objects, its listing, what a HEAD tells."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Iterator, Mapping
from urllib.parse import quote

from .._errors import MigrationError
from .._transport.http_messages import BodyTooLargeError, Request, Response
from .._transport.status_errors import StatusError
from .container_name import SHARED_NAMES, check_name
from .container_stat import ContainerStat
from .listing import ListedObject, listing, rows
from .manifest_reach import ManifestReach
from .object_reading import Digest, ObjectReading
from .swift_client import SwiftClient
from .symlink import account_of, container_found

SHORT_PAGE = 1000
"""Entries of a listing's page that fit in memory, however long their names are."""


@functools.lru_cache(64)  # an object is asked for and put by the same name
def _quoted(object_name: str) -> str:
    return quote(object_name, safe="/")


class Container:
    """One container of one cloud.  For one thread; the connection behind it is shared by all.

    :param client: sends its requests.
    :param reach: to which other containers its manifests and symlinks may lead; None for any.
    """

    def __init__(self, client: SwiftClient, name: str, reach: ManifestReach | None = None) -> None:
        self.client = client
        self.connection = client.connection
        self.retry = client.retry
        self.name = name
        self._path = quote(name, safe="")
        self._reach = reach

    @property
    def label(self) -> str:
        """``source`` or ``destination``."""
        return self.client.label

    def sibling(self, name: str) -> Container:
        """Another container of the same account, over the same libcurl handle.

        :raises MigrationError: it must not be read, or it cannot be a container's name, and would
            address something else.
        """
        try:
            check_name(name)
        except MigrationError as error:
            raise MigrationError(error.message) from None
        if self._reach is not None:
            self._reach.check(name)
        return Container(self.client, name, self._reach)

    def prepare(
        self,
        method: str,
        object_name: str | None = None,
        *,
        query: str = "",
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
    ) -> Request:
        """A request with its URL and token.  Names are quoted byte for byte, never normalised."""
        path = self._path_of(object_name)
        return self.client.prepare(method, path, query=query, headers=headers, body=body)

    def request(
        self,
        method: str,
        object_name: str | None = None,
        *,
        query: str = "",
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        accept: tuple[int, ...] = (),
    ) -> Response:
        """Send a request, again as often as :class:`Retry` says.

        :param accept: other statuses than 2xx that the caller deals with.
        :raises StatusError: any other status.  :raises TransportError: no answer.
        :raises MigrationError: the object is a symlink to what must not be read.
        """
        path = self._path_of(object_name)
        response = self.client.request(
            method, path, query=query, headers=headers, body=body, accept=accept
        )
        self.check_place(response)
        return response

    def _path_of(self, object_name: str | None) -> str:
        return self._path if object_name is None else f"{self._path}/{_quoted(object_name)}"

    def digest(
        self,
        object_name: str,
        watch: Callable[[], Callable[[bytes], object]] = lambda: lambda _data: None,
    ) -> Digest:
        """GET an object to its end and keep length and MD5 only; see :class:`.ObjectReading`.

        404 is an answer, too.

        :param watch: gives for each try what is told the bytes as they pass.
        """
        path = self._path_of(object_name)
        return ObjectReading(self.client, path, self.check_place, watch).digest()

    def check_place(self, response: Response) -> None:
        """See that what an answer shows of an object may be read, as a symlink may lead anywhere.

        :raises MigrationError: it may not.
        """
        if self._reach is None or (found := container_found(response)) is None:
            return
        account, container = found
        own = account_of(self.connection.storage_url)
        self._reach.check(container if account == own else f"{account}/{container}", "a symlink")

    def page(self, marker: str, prefix: str, end_marker: str = "") -> bytes:
        """One page of the listing after ``marker``, as JSON; empty only behind the last entry.

        No ``limit`` is sent if the page fits in memory without: Ceph 16 and 18 answer
        ``limit=10000`` with 1,000 entries, but a request without it with 10,000 (measured).

        :raises MigrationError: the container does not exist, or the answer is not a listing.
        """
        query = "format=json"
        for key, value in (("marker", marker), ("prefix", prefix), ("end_marker", end_marker)):
            if value:
                query += f"&{key}={quote(value, safe='')}"
        try:
            response = self.request("GET", query=query, accept=(404,))
        except BodyTooLargeError:  # long names: in JSON most letters take six bytes
            response = self.request("GET", query=f"{query}&limit={SHORT_PAGE}", accept=(404,))
        if response.status == 404:
            raise self.missing()
        if response.status == 204:
            return b""
        body = response.body.strip()
        if not (body.startswith(b"[") and body.endswith(b"]")):
            raise MigrationError(
                f"what {self.connection.storage_url} sent for container '{self.name}' "
                "is not a listing",
                option=self._option(),
                remedy="Check that the URL leads to the object store and not to a proxy's page",
            )
        return body

    def last_name(self, prefix: str) -> str:
        """The last name of the listing.  Ceph RGW does not know ``reverse`` and gives the first."""
        query = f"format=json&reverse=true&limit=1&prefix={quote(prefix, safe='')}"
        response = self.request("GET", query=query, accept=(404,))
        found = rows(response.body, self.where) if response.status == 200 else []
        return str(found[0]["name"]) if found else ""

    def listing(self, prefix: str = "") -> Iterator[ListedObject]:
        """The whole listing in order; see :func:`_listing.listing`."""
        return listing(lambda marker: rows(self.page(marker, prefix), self.where), self.where)

    def find(self, object_name: str) -> ListedObject | None:
        """Return an object's entry in the listing; None when it is not listed."""
        query = f"format=json&limit=1&prefix={quote(object_name, safe='')}"
        response = self.request("GET", query=query, accept=(404,))
        found = rows(response.body, self.where) if response.status == 200 else []
        first = next(listing(lambda marker: [] if marker else found, self.where), None)
        return first if first is not None and first.name == object_name else None

    @property
    def what(self) -> str:
        """What it is called in an error."""
        return f"container '{self.name}'"

    @property
    def where(self) -> str:
        """What it is called in an error that does not tell the side otherwise."""
        return f"{self.what} of the {self.label}" if self.label else self.what

    def stat(self) -> ContainerStat | None:
        """HEAD the container; None when it does not exist."""
        before = time.time()
        try:
            response = self.request("HEAD", accept=(404,))
        except StatusError as error:
            if error.status == 403:
                error.remedy = f"{error.remedy}. {SHARED_NAMES}"
            raise
        after = time.time()
        if response.status == 404:
            return None
        return ContainerStat.of(response, before, after)

    def missing(self) -> MigrationError:
        """The error that says that this container does not exist."""
        return MigrationError(
            f"container '{self.name}' does not exist at {self.connection.storage_url}",
            option=self._option(),
            remedy="Check the name, and that the login belongs to the right account",
        )

    def _option(self) -> str:
        return f"{self.label}.container" if self.label else "container"
