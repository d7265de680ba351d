# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A listing read in parts at the same time, against a model of a container's server."""

from __future__ import annotations

import bisect
import errno
import json
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils import _wide_listing
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._listing import (
    Entry,
    ListingError,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._wide_listing import (
    READERS,
    WIDE,
    ends,
    wide_listing,
    within,
)
from hypothesis import given, settings
from hypothesis import strategies as st

NAME = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1)


class Server:
    """Pages of a sorted container.

    :param limit: rows of a page.  :param delay: seconds for each.
    :param ends: whether it knows end markers.
    """

    def __init__(
        self, names: list[str], limit: int = 3, delay: float = 0, *, ends: bool = True
    ) -> None:
        self.names = sorted(set(names))
        self._limit, self._delay, self._ends = limit, delay, ends
        self.asked: list[tuple[str, str]] = []
        self.most = self._now = 0
        self._mutex = threading.Lock()

    def fetch(self, marker: str, end: str) -> bytes:
        with self._mutex:
            self.asked.append((marker, end))
            self._now += 1
            self.most = max(self.most, self._now)
        time.sleep(self._delay)
        begin = bisect.bisect_right(self.names, marker)
        page = self.names[begin : begin + self._limit]
        if end and self._ends:
            page = [name for name in page if name < end]
        with self._mutex:
            self._now -= 1
        return json.dumps([row(name) for name in page]).encode() if page else b""


def row(name: str) -> dict[str, Any]:
    moment = "2026-01-01T00:00:00.000000"
    return {
        "name": name,
        "bytes": 1,
        "hash": "h",
        "content_type": '{"a": ["}"]}',
        "last_modified": moment,
    }


def names(server: Server, objects: int = WIDE, last: str = "") -> list[str]:
    found: Iterator[Entry] = wide_listing(lambda: server.fetch, "container", objects, last)
    return [entry.name for entry in found]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(NAME, max_size=60), st.integers(1, 5), st.booleans(), st.sampled_from([0, WIDE]), NAME
)
def test_every_name_comes_once_and_in_order(
    stored: list[str], limit: int, knows_ends: bool, objects: int, last: str
) -> None:
    server = Server(stored, limit, ends=knows_ends)
    assert names(server, objects, last) == server.names


@pytest.mark.parametrize(
    "stored",
    [
        [f"data/{number:06}" for number in range(3000)],
        [f"chris/feed_{number // 40}/pl-{number % 40}/x" for number in range(3000)],
        [f"Übung/{number}" for number in range(3000)],
    ],
)
def test_a_wide_container_is_read_by_several_at_once_and_little_is_read_twice(
    stored: list[str],
) -> None:
    server = Server(stored, limit=30, delay=0.01)
    assert names(server) == server.names
    assert server.most > READERS // 2
    assert len(server.asked) < 2.5 * len(stored) / 30


def test_each_reader_has_a_fetch_of_its_own() -> None:
    made: list[int] = []
    server = Server([f"{number:03}" for number in range(100)])

    def make_fetch() -> Callable[[str, str], bytes]:
        owner = threading.get_ident()
        made.append(owner)

        def fetch(marker: str, end: str) -> bytes:
            assert threading.get_ident() == owner
            return server.fetch(marker, end)

        return fetch

    assert len(list(wide_listing(make_fetch, "container", WIDE))) == 100
    assert len(made) == READERS


def test_names_are_kept_on_disk_until_they_are_due() -> None:
    server = Server([f"{number:05}" for number in range(2000)], limit=10)
    listing = wide_listing(lambda: server.fetch, "container", WIDE)
    assert next(listing).name == "00000"
    deadline = time.monotonic() + 10
    while len(server.asked) < 200 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert len(server.asked) >= 200
    assert [entry.name for entry in listing] == server.names[1:]


@pytest.mark.parametrize("objects", [0, WIDE])
def test_a_page_that_repeats_is_an_error(objects: int) -> None:
    server = Server([f"{number:03}" for number in range(50)])

    def fetch(_marker: str, _end: str) -> bytes:
        return server.fetch("", "")

    with pytest.raises(ListingError, match="not in order"):
        list(wide_listing(lambda: fetch, "container", objects))


@pytest.mark.parametrize("objects", [0, WIDE])
def test_the_error_of_a_reader_is_raised_and_not_taken_for_the_end(objects: int) -> None:
    server = Server([f"{number:03}" for number in range(500)])

    def fetch(marker: str, end: str) -> bytes:
        if marker > "300":
            raise MigrationError("no answer")
        return server.fetch(marker, end)

    found = []
    with pytest.raises(MigrationError, match="no answer"):
        found += list(wide_listing(lambda: fetch, "container", objects))
    assert found == []


@pytest.mark.parametrize("objects", [0, WIDE])
def test_a_full_disk_is_told_with_its_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, objects: int
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(tempfile, "TemporaryFile", partial(Path("/dev/full").open, "r+b"))
    server = Server([f"{number:03}" for number in range(100)])
    with pytest.raises(MigrationError, match=rf"in {tmp_path}: No space left .* TMPDIR"):
        names(server, objects)


def test_a_folder_that_cannot_be_written_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "none"))
    with pytest.raises(MigrationError, match=rf"in {tmp_path}/none: No such file"):
        names(Server(["a"]))


def test_a_host_without_any_folder_for_temporary_files_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def nowhere() -> str:
        raise FileNotFoundError(errno.ENOENT, "No usable temporary directory found in ['/tmp']")

    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setattr(tempfile, "_get_default_tempdir", nowhere)
    with pytest.raises(MigrationError, match=r"No usable temporary directory"):
        names(Server(["a"]))


def test_readers_end_when_nobody_listens_any_more() -> None:
    before = threading.active_count()
    server = Server([f"{number:05}" for number in range(5000)], delay=0.001)
    listing = wide_listing(lambda: server.fetch, "container", WIDE)
    next(listing)
    listing.close()  # type: ignore[attr-defined]
    deadline = time.monotonic() + 5
    while threading.active_count() > before and time.monotonic() < deadline:
        time.sleep(0.01)
    assert threading.active_count() <= before


@given(st.lists(NAME, min_size=1, max_size=5, unique=True), NAME)
def test_the_ends_of_a_page_are_found_whatever_the_names(found: list[str], end: str) -> None:
    found.sort()
    for separators in ((", ", ": "), (",", ":")):
        page = json.dumps([row(name) for name in found], separators=separators).encode()
        assert ends(page) == (found[0], found[-1])
        kept = [one["name"] for one in json.loads(within(page, end))]
        assert kept == [name for name in found if name < end]


def test_a_server_that_writes_its_pages_differently_is_understood() -> None:
    page = json.dumps([row("a"), row("b")], indent=2).encode()
    assert ends(page) == ("a", "b")
    assert ends(b"[ ]") is ends(b"") is None


@pytest.mark.parametrize("objects", [0, WIDE])
def test_it_is_read_before_the_first_name_is_asked_for(objects: int) -> None:
    server = Server(["a", "b"])
    listing = wide_listing(lambda: server.fetch, "container", objects)
    deadline = time.monotonic() + 5
    while not server.asked and time.monotonic() < deadline:
        time.sleep(0.001)
    assert server.asked
    assert [entry.name for entry in listing] == ["a", "b"]


def test_narrow_containers_are_read_ahead_by_one() -> None:
    server = Server([f"{number:03}" for number in range(100)], delay=0.001)
    assert len(names(server, _wide_listing.WIDE - 1)) == 100
    assert server.most == 1
