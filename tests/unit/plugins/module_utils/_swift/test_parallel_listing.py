# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A listing read in parts at the same time, against a model of a container's server."""

from __future__ import annotations

import errno
import json
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift import parallel_listing
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.listing import (
    ListedObject,
    ListingError,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.parallel_listing import (
    READERS,
    WIDE,
    container_listing,
    wide_listing,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.plugins.module_utils.fakes.listing_server import ListingServer, row
from tests.unit.plugins.module_utils.fakes.object_server import Answer, Asked, ObjectServer

NAME = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1)


def names(server: ListingServer, objects: int = WIDE, last: str = "") -> list[str]:
    found: Iterator[ListedObject] = wide_listing(lambda: server.fetch, "container", objects, last)
    return [entry.name for entry in found]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(NAME, max_size=60), st.integers(1, 5), st.booleans(), st.sampled_from([0, WIDE]), NAME
)
def test_every_name_comes_once_and_in_order(
    stored: list[str], limit: int, knows_ends: bool, objects: int, last: str
) -> None:
    server = ListingServer(stored, limit, ends=knows_ends)
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
    server = ListingServer(stored, limit=30, delay=0.01)
    assert names(server) == server.names
    assert server.most > READERS // 2
    assert len(server.asked) < 2.5 * len(stored) / 30


def test_each_reader_has_a_fetch_of_its_own() -> None:
    made: list[int] = []
    server = ListingServer([f"{number:03}" for number in range(100)])

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
    server = ListingServer([f"{number:05}" for number in range(2000)], limit=10)
    listing = wide_listing(lambda: server.fetch, "container", WIDE)
    assert next(listing).name == "00000"
    deadline = time.monotonic() + 10
    while len(server.asked) < 200 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert len(server.asked) >= 200
    assert [entry.name for entry in listing] == server.names[1:]


@pytest.mark.parametrize("objects", [0, WIDE])
def test_a_page_that_repeats_is_an_error(objects: int) -> None:
    server = ListingServer([f"{number:03}" for number in range(50)])

    def fetch(_marker: str, _end: str) -> bytes:
        return server.fetch("", "")

    with pytest.raises(ListingError, match="not in order"):
        list(wide_listing(lambda: fetch, "container", objects))


@pytest.mark.parametrize("objects", [0, WIDE])
def test_the_error_of_a_reader_is_raised_and_not_taken_for_the_end(objects: int) -> None:
    server = ListingServer([f"{number:03}" for number in range(500)])

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
    server = ListingServer([f"{number:03}" for number in range(100)])
    with pytest.raises(MigrationError, match=rf"in {tmp_path}: No space left .* TMPDIR"):
        names(server, objects)


def test_a_folder_that_cannot_be_written_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "none"))
    with pytest.raises(MigrationError, match=rf"in {tmp_path}/none: No such file"):
        names(ListingServer(["a"]))


def test_a_host_without_any_folder_for_temporary_files_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def nowhere() -> str:
        raise FileNotFoundError(errno.ENOENT, "No usable temporary directory found in ['/tmp']")

    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setattr(tempfile, "_get_default_tempdir", nowhere)
    with pytest.raises(MigrationError, match=r"No usable temporary directory"):
        names(ListingServer(["a"]))


def test_readers_end_when_nobody_listens_any_more() -> None:
    before = threading.active_count()
    server = ListingServer([f"{number:05}" for number in range(5000)], delay=0.001)
    listing = wide_listing(lambda: server.fetch, "container", WIDE)
    next(listing)
    listing.close()  # type: ignore[attr-defined]
    deadline = time.monotonic() + 5
    while threading.active_count() > before and time.monotonic() < deadline:
        time.sleep(0.01)
    assert threading.active_count() <= before


@pytest.mark.parametrize("objects", [0, WIDE])
def test_it_is_read_before_the_first_name_is_asked_for(objects: int) -> None:
    server = ListingServer(["a", "b"])
    listing = wide_listing(lambda: server.fetch, "container", objects)
    deadline = time.monotonic() + 5
    while not server.asked and time.monotonic() < deadline:
        time.sleep(0.001)
    assert server.asked
    assert [entry.name for entry in listing] == ["a", "b"]


def test_narrow_containers_are_read_ahead_by_one() -> None:
    server = ListingServer([f"{number:03}" for number in range(100)], delay=0.001)
    assert len(names(server, parallel_listing.WIDE - 1)) == 100
    assert server.most == 1


def test_no_reader_keeps_the_process_from_ending() -> None:
    daemons: list[bool] = []

    def make_fetch() -> Callable[[str, str], bytes]:
        daemons.append(threading.current_thread().daemon)
        return ListingServer(["a"]).fetch

    assert [entry.name for entry in wide_listing(make_fetch, "container", 0)] == ["a"]
    assert daemons == [True]


def listed(server: ObjectServer, prefix: str, objects: int) -> list[str]:
    return [entry.name for entry in container_listing(server.container, prefix, objects)]


@pytest.mark.parametrize("objects", [0, WIDE])
def test_a_containers_listing_is_asked_for_by_prefix_and_marker(
    source: ObjectServer, objects: int
) -> None:
    stored = [f"a/{number:02}" for number in range(30)]
    model = ListingServer(stored, limit=4)
    reverse: list[dict[str, list[str]]] = []
    divided = threading.Event()

    def script(asked: Asked) -> Answer:
        query = parse_qs(urlsplit(asked.path).query)
        assert query.pop("format") == ["json"]
        assert query.pop("prefix") == ["a/"]
        if "reverse" in query:
            reverse.append(query)
            return Answer(200, body=json.dumps([row(stored[-1])]).encode())
        marker, end = (query.pop(name, [""])[0] for name in ("marker", "end_marker"))
        assert not query
        if end:
            divided.set()
        if objects and marker == stored[3]:  # the first reader's second page
            assert divided.wait(10)
        page = model.fetch(marker, end)
        return Answer(200 if page else 204, body=page)

    source.script = script
    assert listed(source, "a/", objects) == stored
    assert reverse == ([{"reverse": ["true"], "limit": ["1"]}] if objects else [])
    assert divided.is_set() == bool(objects)


def test_a_container_whose_page_is_not_in_order_is_named(source: ObjectServer) -> None:
    pages = [json.dumps([row("b"), row("a")]).encode()]
    source.script = lambda _asked: Answer(200, body=pages.pop() if pages else b"[]")
    with pytest.raises(
        ListingError, match=r"^the listing of container 'c' of the source is not in order: 'a'"
    ):
        listed(source, "", 0)


def test_a_container_that_is_missing_is_named(source: ObjectServer) -> None:
    with pytest.raises(MigrationError, match=r"container 'c' does not exist"):
        listed(source, "", 0)
