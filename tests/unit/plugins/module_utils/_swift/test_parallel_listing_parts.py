# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""How readers divide a wide container among themselves, step by step in one thread."""

from __future__ import annotations

import json
from collections.abc import Callable
from string import ascii_lowercase

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.listing import (
    ListingError,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.name_space import LAST
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.parallel_listing import (
    FetchPage,
    _can_be_halved,
    _Part,
    _Parts,
    _width,
)

from tests.unit.plugins.module_utils.fakes.listing_server import ListingServer

LETTERS = [*ascii_lowercase]


class Alone(_Parts):
    """Parts that one thread reads: where it waits, nobody would wake it."""

    def __init__(self, what: str, last: str) -> None:
        super().__init__(what, last)

        def wait(timeout: float | None = None) -> bool:
            raise AssertionError("it waits for ever")

        self._changed.wait = wait  # type: ignore[method-assign]


def meanwhile(fetch: FetchPage, what: Callable[[], object]) -> FetchPage:
    """A fetch during whose first request something else happens."""
    pending = [what]

    def run(marker: str, end: str) -> bytes:
        page = fetch(marker, end)
        if pending:
            pending.pop()()
        return page

    return run


def spans(parts: _Parts) -> list[tuple[str, str, str]]:
    return [(part.marker, part.end, part.bound) for part in parts._parts]


def names(parts: _Parts) -> list[str]:
    """All that the consumer gets; every part must have been read to its end."""
    return [row["name"] for page in parts.pages() for row in page]


@pytest.fixture
def server() -> ListingServer:
    return ListingServer(LETTERS, limit=2)


@pytest.fixture
def parts() -> _Parts:
    return Alone("container 'c'", "z")


def begun(parts: _Parts, server: ListingServer) -> _Part:
    """The first reader's part, of which one page was read."""
    part = parts._next_part(server.fetch)
    assert part is not None
    assert parts._read_page(part, server.fetch)
    return part


def test_the_first_reader_begins_at_the_first_name(parts: _Parts, server: ListingServer) -> None:
    part = begun(parts, server)
    assert spans(parts) == [("b", "", "z")]
    assert (part.complete, len(part.pages)) == (False, 1)
    assert server.asked == [("", "")]


def test_the_next_reader_takes_over_from_the_middle_on(
    parts: _Parts, server: ListingServer
) -> None:
    first = begun(parts, server)
    taken = parts._next_part(server.fetch)
    assert server.asked[1:] == [("n    ", "")]
    assert spans(parts) == [("b", "o", "o"), ("p", "", "z")]
    assert parts._parts[1] is taken
    assert first.halving is False
    assert taken is not None
    assert len(taken.pages) == 1
    assert parts._read_page(first, server.fetch)
    assert server.asked[-1] == ("b", "o")


def test_the_widest_part_is_halved_next_and_stays_within_its_end(
    parts: _Parts, server: ListingServer
) -> None:
    begun(parts, server)
    parts._next_part(server.fetch)
    taken = parts._next_part(server.fetch)
    assert server.asked[2:] == [("hP   ", "o")]
    assert spans(parts) == [("b", "i", "i"), ("j", "o", "o"), ("p", "", "z")]
    assert taken is parts._parts[1]


def test_all_parts_together_are_the_listing(parts: _Parts, server: ListingServer) -> None:
    taken = [begun(parts, server)]
    for _reader in range(3):
        part = parts._next_part(server.fetch)
        assert part is not None
        taken.append(part)
    for part in reversed(taken):
        while parts._read_page(part, server.fetch):
            pass
        assert part.complete
    assert parts._next_part(server.fetch) is None
    assert names(parts) == LETTERS


def test_rows_behind_the_end_of_a_part_are_left_out_whatever_the_server_sends(
    parts: _Parts,
) -> None:
    server = ListingServer(LETTERS, limit=20, ends=False)
    first = parts._next_part(server.fetch)
    assert first is not None
    server.limit = 2
    parts._read_page(first, server.fetch)
    parts._next_part(server.fetch)
    server.limit = 20
    assert parts._read_page(first, server.fetch)
    assert (first.marker, first.complete) == ("n", False)
    assert not parts._read_page(first, server.fetch)
    assert first.complete


def test_a_page_under_way_when_its_part_is_halved_is_cut_at_the_new_end(
    parts: _Parts, server: ListingServer
) -> None:
    first = begun(parts, server)
    server.limit = 20
    halve = meanwhile(server.fetch, lambda: parts._next_part(server.fetch))
    assert parts._read_page(first, halve)
    assert spans(parts) == [("n", "o", "o"), ("z", "", "z")]
    assert server.asked[1:] == [("b", ""), ("n    ", "")]


def test_a_page_under_way_that_belongs_to_another_now_ends_its_part(
    parts: _Parts,
) -> None:
    server = ListingServer(["a", "b", "o", "p", "q"], limit=2)
    first = begun(parts, server)
    halve = meanwhile(server.fetch, lambda: parts._next_part(server.fetch))
    assert not parts._read_page(first, halve)
    assert first.complete
    assert spans(parts) == [("b", "o", "o"), ("p", "", "z")]


def test_a_part_is_halved_by_one_reader_at_a_time(parts: _Parts, server: ListingServer) -> None:
    begun(parts, server)

    def try_too() -> None:
        with pytest.raises(AssertionError, match="it waits for ever"):
            parts._next_part(server.fetch)

    assert parts._next_part(meanwhile(server.fetch, try_too)) is not None
    assert [marker for marker, _end in server.asked] == ["", "n    "]


def test_what_is_taken_over_is_cut_at_the_end_of_its_part(parts: _Parts) -> None:
    server = ListingServer(LETTERS, limit=2, ends=False)
    begun(parts, server)
    parts._next_part(server.fetch)
    server.limit = 20
    parts._next_part(server.fetch)
    assert spans(parts) == [("b", "i", "i"), ("n", "o", "o"), ("p", "", "z")]


def test_nothing_is_taken_over_that_its_reader_has_passed_meanwhile(
    parts: _Parts, server: ListingServer
) -> None:
    first = begun(parts, server)

    def pass_by() -> None:
        server.limit = 20
        parts._read_page(first, server.fetch)
        server.limit = 2

    taken = parts._next_part(meanwhile(server.fetch, pass_by))
    # Of what is left then, half is taken over.
    assert spans(parts) == [("v", "y", "y"), ("z", "", "z")]
    assert taken is parts._parts[1]
    assert [marker for marker, _end in server.asked] == ["", "n    ", "b", "x    "]


def test_nothing_is_taken_over_from_a_part_that_ended_meanwhile(
    parts: _Parts, server: ListingServer
) -> None:
    first = begun(parts, server)
    server.limit = 26

    def end() -> None:
        while parts._read_page(first, server.fetch):
            pass

    assert parts._next_part(meanwhile(server.fetch, end)) is None
    assert len(parts._parts) == 1
    assert names(parts) == LETTERS


def test_nothing_is_taken_over_from_a_part_that_another_has_halved_meanwhile(
    parts: _Parts, server: ListingServer
) -> None:
    first = begun(parts, server)
    page = server.fetch("n    ", "")
    parts._next_part(server.fetch)
    assert parts._take_over(first, "n    ", "", page) is None
    assert spans(parts) == [("b", "o", "o"), ("p", "", "z")]


def test_where_nothing_is_behind_the_middle_it_is_sought_before(parts: _Parts) -> None:
    server = ListingServer(["a", "b", "c"], limit=2)
    first = begun(parts, server)
    asked: list[str] = []

    def fetch(marker: str, end: str) -> bytes:
        asked.append(marker)
        if len(asked) == 3:
            parts.stop()
        return server.fetch(marker, end)

    assert parts._next_part(fetch) is None
    assert asked == ["n    ", "h    ", "e    "]
    assert first.bound == "h    "
    assert first.halving is False


@pytest.mark.parametrize("last", ["", "a"])
def test_where_the_last_name_is_unknown_it_is_taken_to_begin_as_the_marker_does(last: str) -> None:
    parts = Alone("container 'c'", last)
    begun(parts, ListingServer(["aa", "ab", "ac"], limit=2))
    assert spans(parts) == [("ab", "", "a" + chr(LAST))]


def test_a_part_that_another_follows_keeps_its_bound(parts: _Parts, server: ListingServer) -> None:
    first = begun(parts, server)
    parts._next_part(server.fetch)
    while parts._read_page(first, server.fetch):
        pass
    assert spans(parts)[0] == ("n", "o", "o")


def test_names_that_go_back_are_told(parts: _Parts, server: ListingServer) -> None:
    first = begun(parts, server)
    with pytest.raises(ListingError, match=r"container 'c' is not in order: 'b' came after 'b'"):
        parts._read_page(first, lambda _marker, _end: server.fetch("", ""))
    assert len(first.pages) == 1


def test_a_page_that_comes_after_the_stop_is_dropped(parts: _Parts, server: ListingServer) -> None:
    first = begun(parts, server)
    assert parts._read_page(first, meanwhile(server.fetch, parts.stop)) is False
    assert (first.marker, first.complete) == ("b", False)
    assert parts._next_part(server.fetch) is None
    assert len(server.asked) == 2


def test_the_consumer_gets_what_the_first_reader_met() -> None:
    parts = Alone("container 'c'", "")
    errors = [MigrationError("first"), MigrationError("second")]

    def fail(error: MigrationError) -> Callable[[], FetchPage]:
        def make_fetch() -> FetchPage:
            raise error

        return make_fetch

    for error in errors:
        parts.read(fail(error))
    with pytest.raises(MigrationError) as caught:
        next(parts.pages())
    assert caught.value is errors[0]


def test_the_less_two_bounds_have_in_common_the_wider_is_a_part() -> None:
    wide, narrow = _Part("a", "", "b"), _Part("a/1", "", "a/9")
    assert _width(wide) > _width(narrow) > _width(_Part("a/1", "", "a/2"))
    assert _width(narrow) == (-2, 8 * 96**4)


@pytest.mark.parametrize(
    ("part", "can"),
    [
        (_Part("a", "", "c"), True),
        (_Part("", "", "c"), False),
        (_Part("a", "", "c", complete=True), False),
        (_Part("a", "", "c", halving=True), False),
        (_Part("a", "", "a"), False),
        (_Part("a", "", "a "), False),
        (_Part("c", "", "a"), False),
    ],
)
def test_only_a_part_that_is_read_and_has_names_between_can_be_halved(
    part: _Part, can: bool
) -> None:
    assert _can_be_halved(part) is can


def test_a_page_is_given_to_the_consumer_once(parts: _Parts, server: ListingServer) -> None:
    begun(parts, server)
    pages = parts.pages()
    assert next(pages) == json.loads(server.fetch("", ""))
    assert not parts._parts[0].pages
