# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""swift_sync when listings are not what they should be, and deletes fail: nothing is lost."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.integration.faulty import Faulty, asks, is_listing
from tests.integration.pair import counts, fill
from tests.servers.faults import Cut, Edit, Fault, Status, disorder, repeated_page, short_page

NUMBER = 12
SIDES = pytest.mark.parametrize("side", ["source", "destination"])


@pytest.fixture
def behind(faulty: Faulty) -> Faulty:
    """A destination with one object more and three less than the source."""
    fill(faulty, NUMBER)
    counts(faulty.sync())
    faulty.source.delete(faulty.name, "data/0010")
    for name in ("data/0000a", "data/0015a", "z"):
        faulty.source.put(faulty.name, name, b"new")
    return faulty


def prune(faulty: Faulty) -> dict[str, Any]:
    return faulty.sync(prune=True, max_delete="100%")


class TestPages:
    """A page that is short is no end; one that cannot be trusted ends the run."""

    def test_short_pages_of_both_sides_lose_and_delete_nothing(self, behind: Faulty) -> None:
        pages = [
            proxy.inject(short_page(3), is_listing, times=None)
            for proxy in (behind.here, behind.there)
        ]
        result = counts(prune(behind))
        assert (result["copied"], result["deleted"]) == (3, 1)
        assert behind.differences() == []
        assert [page.injected for page in pages] == [6, 5]  # with the empty one at the end

    @SIDES
    @pytest.mark.parametrize("fault", [repeated_page(5), disorder()], ids=["repeat", "disorder"])
    def test_pages_that_do_not_follow_each_other_delete_nothing(
        self, behind: Faulty, side: str, fault: Fault
    ) -> None:
        before = behind.names()
        rule = behind.side(side).inject(fault, is_listing, times=2)
        result = prune(behind)
        assert result["failed"]
        assert "is not in order" in result["msg"]
        assert f"container '{behind.name}'" in result["msg"]
        assert rule.injected >= 1
        assert_nothing_deleted(behind, before)

    @SIDES
    @pytest.mark.parametrize(
        "body", [b"", b"<html>Down for maintenance</html>"], ids=["empty", "html"]
    )
    def test_an_answer_that_is_no_listing_deletes_nothing(
        self, behind: Faulty, side: str, body: bytes
    ) -> None:
        before = behind.names()
        proxy = behind.side(side)
        rules = [
            proxy.inject(short_page(5), is_listing),
            proxy.inject(Status(200, {"Content-Type": "text/html"}, body), is_listing, skip=1),
        ]
        result = prune(behind)
        assert result["failed"]
        assert "is not a listing" in result["msg"]
        assert [rule.injected for rule in rules] == [1, 1]
        assert_nothing_deleted(behind, before)

    def test_a_listing_that_is_empty_by_mistake_deletes_nothing(self, behind: Faulty) -> None:
        before = behind.names()
        rule = behind.here.inject(Edit(lambda _body: b"[]"), is_listing, times=None)
        result = prune(behind)
        assert result["failed"]
        assert "shows 0 objects, its server counts 14" in result["msg"]
        assert rule.injected == 2  # asked once more
        assert_nothing_deleted(behind, before)

    def test_a_listing_that_ends_far_too_early_deletes_nothing(self, behind: Faulty) -> None:
        before = behind.names()
        short = behind.here.inject(short_page(5), is_listing)
        rule = behind.here.inject(Edit(lambda _body: b"[]"), is_listing, skip=1)
        result = prune(behind)
        assert result["failed"]
        assert "ended after 5 of 14 objects. It is whole now" in result["msg"]
        assert (short.injected, rule.injected) == (1, 1)
        assert_nothing_deleted(behind, before)

    @pytest.mark.parametrize("options", [{"prune": True}, {}, {"check": True}], ids=str)
    def test_a_listing_that_lacks_one_object_of_a_quiet_container_is_not_believed(
        self, behind: Faulty, options: dict[str, Any]
    ) -> None:
        before = behind.names()
        cut = Edit(lambda body: json.dumps(json.loads(body)[:13]).encode())
        rules = [
            behind.here.inject(cut, is_listing, times=1),
            behind.here.inject(Edit(lambda _body: b"[]"), is_listing, skip=1, times=1),
            behind.here.inject(cut, is_listing, skip=2, times=1),
            behind.here.inject(Edit(lambda _body: b"[]"), is_listing, skip=3, times=1),
        ]
        result = behind.sync(**options)
        assert result["failed"]
        assert "shows 13 objects, its server counts 14" in result["msg"]
        assert [rule.injected for rule in rules] == [1, 1, 1, 1]
        assert_nothing_deleted(behind, before)

    @SIDES
    def test_a_listing_that_fails_for_a_while_is_asked_again(
        self, behind: Faulty, side: str
    ) -> None:
        proxy = behind.side(side)
        rules = [
            proxy.inject(short_page(5), is_listing, times=None),
            proxy.inject(Status(503), is_listing, skip=1),
            proxy.inject(Cut("answer", 100), is_listing, skip=2),
            proxy.inject(Status(498), is_listing, skip=4),
        ]
        result = counts(prune(behind))
        assert (result["copied"], result["deleted"]) == (3, 1)
        assert rules[0].injected >= 3
        assert [rule.injected for rule in rules[1:]] == [1, 1, 1]
        assert behind.differences() == []

    @SIDES
    def test_a_listing_that_fails_for_good_deletes_nothing(self, behind: Faulty, side: str) -> None:
        before = behind.names()
        proxy = behind.side(side)
        short = proxy.inject(short_page(5), is_listing)
        rule = proxy.inject(Status(403), is_listing, skip=1)
        result = prune(behind)
        assert result["failed"]
        assert "answered 403" in result["msg"]
        assert (short.injected, rule.injected) == (1, 1)
        assert_nothing_deleted(behind, before)


class TestDeletes:
    """A delete that breaks off is asked again; one that is doubtful is not done."""

    def test_deletes_that_break_off_are_asked_again(self, behind: Faulty) -> None:
        for index in range(5):
            behind.source.delete(behind.name, f"data/{index:04}")
        rules = [
            behind.there.inject(fault, asks("DELETE"), skip=number)
            # The first is done, but its answer is lost.
            for number, fault in enumerate((Cut("answer"), Status(503), Status(409)))
        ]
        assert counts(prune(behind))["deleted"] == 6
        assert [rule.injected for rule in rules] == [1, 1, 1]
        assert behind.differences() == []

    def test_what_the_source_does_not_tell_about_is_not_deleted(self, behind: Faulty) -> None:
        rule = behind.here.inject(Status(403), asks("HEAD", "data/0010"))
        result = prune(behind)
        assert result["failed"]
        assert "answered 403 to HEAD" in result["failures"][0]["reason"]
        assert rule.injected == 1
        assert_nothing_deleted(behind, ["data/0010"])


def assert_nothing_deleted(faulty: Faulty, before: list[str]) -> None:
    """Nothing was, and the next run does what this one could not."""
    assert faulty.there.count(asks("DELETE")) == 0
    assert set(before) <= set(faulty.names())
    faulty.heal()
    assert counts(prune(faulty))["deleted"] == 1
    assert faulty.differences() == []
