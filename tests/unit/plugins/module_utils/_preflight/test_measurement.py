# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A sample that is copied, and what of it is timed."""

from __future__ import annotations

import dataclasses

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.run_context import (
    RunContext,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._preflight.measurement import (
    KINDS_OF_SIZE,
    OBJECTS,
    SECONDS,
    Measurement,
    require,
    timed,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._preflight.rates import Batch
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._preflight.survey import (
    Amount,
    Survey,
)

from tests.unit.plugins.module_utils._preflight.test_survey import entry
from tests.unit.plugins.module_utils.fakes.object_server import Answer
from tests.unit.plugins.module_utils.fakes.two_clouds import LATE, TwoClouds

pytestmark = pytest.mark.usefixtures("in_time")


@pytest.fixture
def clouds(two_clouds: TwoClouds) -> TwoClouds:
    two_clouds.destination.containers["scratch"] = {}
    return two_clouds


def measurement(clouds: TwoClouds, seconds: float = 0.0, bandwidth_limit: int = 0) -> Measurement:
    """One by a clock that goes on by so many seconds whenever it is asked."""
    moments = iter(range(1_000_000))
    options = dataclasses.replace(clouds.options, destination="scratch", concurrency=1)
    context = RunContext(*clouds.connections, options, clouds.retry)
    return Measurement(context, bandwidth_limit, lambda: seconds * next(moments))


def survey(clouds: TwoClouds) -> Survey:
    made = Survey(LATE, 1024, 1 << 30)
    options = RunContext(*clouds.connections, clouds.options, clouds.retry)
    made.read(options.source.listing())
    return made


def test_samples_are_copied_under_other_names_and_cleared(clouds: TwoClouds) -> None:
    clouds.put("a", "b", "c")
    taken = measurement(clouds, 0.1)
    taken.run(survey(clouds).classes())
    copies = [name for container, name in clouds.destination.objects if container == "scratch"]
    assert 0 < len(copies) < OBJECTS
    assert sorted(copies) == taken.targets
    assert sum(batch.objects for batch in taken.batches) == len(copies)
    assert taken.batches[0].seconds > SECONDS / 2
    taken.clear()
    assert clouds.destination.objects == {}
    assert clouds.held == []


def test_no_more_than_so_many_are_copied(
    clouds: TwoClouds, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"{Measurement.__module__}.OBJECTS", 5)
    clouds.put("a", "b")
    taken = measurement(clouds)
    taken.run(survey(clouds).classes())
    assert len(taken.targets) == 5


def test_no_more_bytes_than_so_many_are_copied(
    clouds: TwoClouds, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"{Measurement.__module__}.BYTES", 25)
    clouds.put("0123456789")
    taken = measurement(clouds)
    taken.run(survey(clouds).classes())
    assert len(taken.targets) == 2


def test_no_more_is_copied_than_a_limit_of_bandwidth_lets_through(clouds: TwoClouds) -> None:
    clouds.put("0123456789")
    taken = measurement(clouds, bandwidth_limit=5)
    taken.run(survey(clouds).classes())
    assert len(taken.targets) == SECONDS * 5 // 10


def test_what_is_no_plain_object_there_is_left_out(clouds: TwoClouds) -> None:
    clouds.put("small", "too large")
    clouds.connections[1].info = {"swift": {"max_file_size": 5}}
    taken = measurement(clouds, 0.5)
    taken.run(survey(clouds).classes())
    assert taken.targets
    copies = {
        body for (name, _object), body in clouds.destination.objects.items() if name == "scratch"
    }
    assert copies == {b"small"}


def test_what_cannot_be_copied_is_told(clouds: TwoClouds) -> None:
    clouds.put("a")
    found = survey(clouds)
    clouds.source.objects.clear()
    clouds.source.headers.clear()
    taken = measurement(clouds, 1.0)
    taken.run(found.classes())
    assert taken.batches == []


def test_nothing_copied_is_no_measurement() -> None:
    with pytest.raises(MigrationError, match="nothing could be copied: a: why"):
        require([], "a: why")
    with pytest.raises(MigrationError, match="no plain objects that are small enough"):
        require([], "")
    require([Batch(1, 1, 1.0)], "")


def test_few_objects_are_timed_together() -> None:
    assert timed(10.0, [(11.0, 5), (12.5, 6)]) == [Batch(2, 11, 2.5)]
    assert timed(10.0, []) == []


def test_many_are_timed_in_slices_without_the_first() -> None:
    ended = [(100.0 + number, 2) for number in range(300)]
    assert timed(0.0, ended) == [Batch(100, 200, 100.0)] * 2


def test_an_object_is_drawn_as_often_as_the_source_has_objects_like_it(
    clouds: TwoClouds, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"{Measurement.__module__}.OBJECTS", 100)
    clouds.put("rare", "usual")
    rare, usual = measurement(clouds)._context.source.listing()
    taken = measurement(clouds)
    taken.run([(Amount(1, 4), [rare]), (Amount(9, 45), [usual])])
    copies = list(clouds.destination.objects.values())
    assert copies.count(b"rare") + copies.count(b"usual") == 100
    assert 80 < copies.count(b"usual") < 100


def test_large_objects_links_and_what_takes_too_long_are_left_out(clouds: TwoClouds) -> None:
    entries = [
        entry("static", slo_etag="0" * 32),
        entry("link", symlink="/v1/AUTH_x/c/o"),
        entry("long", KINDS_OF_SIZE[-1] + 1),
    ]
    taken = measurement(clouds)
    taken.run([(Amount(3, 3), entries)])
    assert taken.targets == []


def test_one_object_is_copied_however_large_it_is(
    clouds: TwoClouds, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"{Measurement.__module__}.BYTES", 1)
    clouds.put("0123456789")
    taken = measurement(clouds)
    taken.run(survey(clouds).classes())
    assert len(taken.targets) == 1


def test_the_first_object_that_cannot_be_copied_is_told_with_why(clouds: TwoClouds) -> None:
    clouds.put("a")
    found = survey(clouds)
    clouds.source.refuse = lambda asked: Answer(403) if asked.method == "GET" else None
    taken = measurement(clouds, 1.0)
    taken.run(found.classes())
    assert taken.batches == []
    assert taken.failure.startswith("a: ")
    assert "403" in taken.failure


def test_a_copy_that_was_never_made_is_cleared_like_another(clouds: TwoClouds) -> None:
    taken = measurement(clouds)
    taken.targets = ["000000", "000001"]
    clouds.destination.put("000001", b"1", "scratch")
    taken.clear()
    assert clouds.destination.objects == {}
