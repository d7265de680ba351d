# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The listing of a wide container: parts of the name space read at the same time, kept in order.

By marker alone a listing is sequential.  Here a reader without work takes over half of what is left
of another's part of the name space.  Pages that are not due yet wait in a temporary file, so that
memory stays constant; it takes about 250 bytes of disk for each object.
"""

from __future__ import annotations

import contextlib
import json
import tempfile
import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import IO

from .._errors import MigrationError
from .container import Container
from .listing import ListedObject, Page, listing, out_of_order, rows

READERS = 4
"""Parts of a wide container that are read at the same time.  Each holds a page of about 2.5 MB."""

WIDE = 50_000
"""Objects from which on a container is wide; below, its pages are only read ahead."""

HEAD = 32 * 1024
"""Bytes that hold the first row of a page: a name has 1,024 at most, a content type some more."""

FIRST, LAST = 32, 127
BASE = LAST - FIRST + 1
DIGITS = 5
"""To be halved, names are numbers of so many digits, one for each character between these two."""

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


class _Spool:
    """A temporary file of pages, written at its end and read anywhere.

    Everything raises :class:`MigrationError` where the disk is at fault.
    """

    def __init__(self) -> None:
        with _disk_faults_told():
            self._file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - until close()
        self._size = 0

    def add(self, page: bytes) -> tuple[int, int]:
        """Store a page; its place and length."""
        place = (self._size, len(page))
        with _disk_faults_told():
            self._file.seek(self._size)
            self._file.write(page)
            self._file.flush()
        self._size += len(page)
        return place

    def get(self, place: tuple[int, int]) -> bytes:
        """Give a page back."""
        with _disk_faults_told():
            self._file.seek(place[0])
            return self._file.read(place[1])

    def close(self) -> None:
        """Remove the file."""
        with contextlib.suppress(OSError):  # what could not be stored has been told
            self._file.close()


@contextlib.contextmanager
def _disk_faults_told() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise MigrationError(
            f"cannot keep a listing in {tempfile.tempdir or 'any folder'}: {error.strerror}",
            remedy="Make room there, or name another folder in the environment variable TMPDIR",
        ) from None


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
        self._spool = _Spool()
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
                middle, end = _middle(part.marker, part.bound), part.end
            page = within(fetch(middle, end), end, self._what)
            with self._changed:
                part.halving = False
                taken = None if self._over else self._take_over(part, middle, end, page)
                self._changed.notify_all()
            if taken is not None:
                return taken

    def _take_over(self, part: _Part, middle: str, end: str, page: bytes) -> _Part | None:
        if part.complete or part.end != end:
            return None
        names = ends(page, self._what)
        if names is None:
            part.bound = middle
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


def ends(page: bytes, what: str = "container") -> tuple[str, str] | None:
    """The first and the last name of a page, mostly without parsing what is between them.

    :param what: names the container in an error.
    :raises ListingError: the page is no listing.
    """
    if not page.strip(b" \n[]"):
        return None
    try:
        # Within a string a quote is escaped: this can only be where a row begins.
        tail = json.loads(b"[" + page[page.rindex(b'{"') :])
        head, _length = json.JSONDecoder().raw_decode(page[:HEAD].decode(errors="ignore"), 1)
        first, last = head["name"], tail[0]["name"]
    except (ValueError, TypeError, KeyError):
        first = last = None
    if isinstance(first, str) and isinstance(last, str):
        return first, last
    found = rows(page, what)
    return (found[0]["name"], found[-1]["name"]) if found else None


def within(page: bytes, end: str, what: str = "container") -> bytes:
    """A page without the rows from ``end`` on; a server is not relied on to leave them out.

    :param what: names the container in an error.
    :raises ListingError: the page is no listing.
    """
    names = ends(page, what) if end else None
    if names is None or names[1] < end:
        return page
    return json.dumps([row for row in rows(page, what) if row["name"] < end]).encode()


def _can_be_halved(part: _Part) -> bool:
    begun = bool(part.marker) and not part.complete and not part.halving
    return begun and part.marker < _middle(part.marker, part.bound) < part.bound


def _width(part: _Part) -> tuple[int, int]:
    same = _same(part.marker, part.bound)
    return -same, _number(part.bound, same) - _number(part.marker, same)


def _middle(low: str, high: str) -> str:
    """A name about halfway between two others; one of them if they are too close."""
    same = _same(low, high)
    number = (_number(low, same) + _number(high, same)) // 2
    digits = []
    for _position in range(DIGITS):
        number, digit = divmod(number, BASE)
        digits.append(chr(FIRST + digit))
    return high[:same] + "".join(reversed(digits))


def _same(low: str, high: str) -> int:
    """How many characters both begin with."""
    pairs = zip(low, high, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(low), len(high)))


def _number(name: str, skip: int) -> int:
    number = 0
    for character in name[skip : skip + DIGITS].ljust(DIGITS, chr(FIRST)):
        number = number * BASE + min(max(ord(character), FIRST), LAST) - FIRST
    return number
