# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The listing of a wide container: parts of the name space read at the same time, kept in order.

By marker alone a listing is sequential.  Here a reader without work takes over half of what is left
of another's part of the name space.  Pages that are not due yet wait in a temporary file, so that
memory stays constant; it takes about 250 bytes of disk for each object.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from .container import Container
from .listing import ListedObject, Page, listing, out_of_order, rows
from .listing_page import ends, within
from .name_space import LAST, distance, middle
from .page_spool import PageSpool

READERS = 4
"""Parts of a wide container that are read at the same time.  Each holds a page of about 2.5 MB."""

WIDE = 50_000
"""Objects from which on a container is wide; below, its pages are only read ahead."""

FetchPage = Callable[[str, str], bytes]
"""Gives the JSON of the page between a marker and an end marker, both excluded."""


def wide_listing(
    make_fetch: Callable[[], FetchPage], what: str, objects: int, last: str = ""
) -> Iterator[ListedObject]:
    """Give every entry of a listing in the order of names, read ahead by threads of its own.

    They begin at once, not when the first entry is asked for, so that two listings that are merged
    are read at the same time.  They end with the listing, or when it is closed after its first
    entry.  The threads of a listing that is never read run until it ends or the process exits.

    :param make_fetch: called in each of these threads, so that libcurl handles are not shared.
    :param what: names the container in an error.
    :param objects: how many there are, about; decides about the number of threads.
    :param last: the last name, if known; only speed depends on it.
    :raises ListingError: the listing is not in order.
    :raises MigrationError: there is no room for the temporary file.
    """
    parts = _Parts(what, last)
    for _number in range(READERS if objects >= WIDE else 1):
        threading.Thread(target=parts.read, args=(make_fetch,), daemon=True).start()
    return _entries(parts, what)


def container_listing(
    make_container: Callable[[], Container], prefix: str, objects: int
) -> Iterator[ListedObject]:
    """The whole listing of a container with about so many objects; see :func:`wide_listing`."""

    def make_fetch() -> FetchPage:
        container = make_container()
        return lambda marker, end: container.page(marker, prefix, end)

    container = make_container()
    last = container.last_name(prefix) if objects >= WIDE else ""
    return wide_listing(make_fetch, container.where, objects, last)


def _entries(parts: _Parts, what: str) -> Iterator[ListedObject]:
    pages = parts.pages()
    try:
        yield from listing(lambda _marker: next(pages, []), what)
    finally:
        parts.stop()


@dataclass
class _Part:
    """Names after a marker and before an end.

    :param marker: the last name read.  :param end: the first that belongs to the next part.
    :param bound: no name is expected behind this; it is for halving only.
    :param pages: places of the pages that were not consumed yet.
    """

    marker: str
    end: str
    bound: str
    complete: bool = False
    halving: bool = False
    pages: deque[tuple[int, int]] = field(default_factory=deque)


class _Parts:
    """The parts in the order of names, shared by the readers and the consumer."""

    def __init__(self, what: str, last: str) -> None:
        self._what = what
        self._changed = threading.Condition()
        self._parts = [_Part("", "", last)]
        self._unread = self._parts[:]
        self._spool = PageSpool()
        self._stopped = False
        self._failure: BaseException | None = None

    def pages(self) -> Iterator[Page]:
        """Every page in order.

        :raises BaseException: what a reader met.
        """
        while self._parts:
            with self._changed:
                if self._failure is not None:
                    raise self._failure
                part = self._parts[0]
                if not part.pages and part.complete:
                    self._parts.pop(0)
                    continue
                if not part.pages:
                    self._changed.wait()
                    continue
                page = self._spool.get(part.pages.popleft())
            yield rows(page, self._what)

    def stop(self) -> None:
        """Let the readers end and remove the file."""
        with self._changed:
            self._stopped = True
            self._spool.close()
            self._changed.notify_all()

    def read(self, make_fetch: Callable[[], FetchPage]) -> None:
        """What one reader does: finish a part, then take over half of another's."""
        try:
            fetch = make_fetch()
            while (part := self._next_part(fetch)) is not None:
                while self._read_page(part, fetch):
                    pass
        except BaseException as error:
            with self._changed:
                self._failure = self._failure or error
                self._changed.notify_all()

    @property
    def _over(self) -> bool:
        return self._stopped or self._failure is not None

    def _next_part(self, fetch: FetchPage) -> _Part | None:
        while True:
            with self._changed:
                if self._over or all(part.complete for part in self._parts):
                    return None
                if self._unread:
                    return self._unread.pop()
                part = max(filter(_can_be_halved, self._parts), key=_width, default=None)
                if part is None:
                    self._changed.wait()
                    continue
                part.halving = True
                half, end = middle(part.marker, part.bound), part.end
            page = within(fetch(half, end), end, self._what)
            with self._changed:
                part.halving = False
                taken = None if self._over else self._take_over(part, half, end, page)
                self._changed.notify_all()
            if taken is not None:
                return taken

    def _take_over(self, part: _Part, half: str, end: str, page: bytes) -> _Part | None:
        if part.complete or part.end != end:
            return None
        names = ends(page, self._what)
        if names is None:
            part.bound = half
            return None
        first, last = names
        if first <= part.marker:
            return None  # its reader was faster
        taken = _Part(last, end, part.bound)
        taken.pages.append(self._spool.add(page))
        part.end = part.bound = first
        self._parts.insert(self._parts.index(part) + 1, taken)
        return taken

    def _read_page(self, part: _Part, fetch: FetchPage) -> bool:
        """Read the next page of a part; False when it was the last."""
        with self._changed:
            marker, end = part.marker, part.end
        page = within(fetch(marker, end), end, self._what)
        with self._changed:
            if self._over:
                return False
            if end != part.end:  # what follows was taken over meanwhile
                page = within(page, part.end, self._what)
            names = ends(page, self._what)
            if names is None:
                part.complete = True
            elif names[1] <= marker:
                raise out_of_order(self._what, names[1], marker)
            else:
                part.marker = names[1]
                if not part.end and part.bound <= part.marker:
                    part.bound = part.marker[0] + chr(LAST)
                part.pages.append(self._spool.add(page))
            self._changed.notify_all()
        return names is not None


def _can_be_halved(part: _Part) -> bool:
    begun = bool(part.marker) and not part.complete and not part.halving
    return begun and part.marker < middle(part.marker, part.bound) < part.bound


def _width(part: _Part) -> tuple[int, int]:
    return distance(part.marker, part.bound)
