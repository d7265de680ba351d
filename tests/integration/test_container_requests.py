# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What a run of swift_sync asks of the containers themselves, and when."""

from __future__ import annotations

from typing import Any

from tests.integration.pair import Pair, counts, fill
from tests.servers.lab import Cluster

SIDES: tuple[Cluster, ...] = ("source", "destination")

LOOK = ["HEAD", "GET", "GET"]
"""What a listing takes: a look at the container, its page, and the empty one that ends it."""


def asked(pair: Pair, **options: Any) -> tuple[dict[str, Any], dict[Cluster, list[str]]]:
    """What a run gives, and the methods of its requests to each container and its objects."""
    logs = {side: pair.lab.access_log(side) for side in SIDES}
    marks = {side: log.mark() for side, log in logs.items()}
    result = pair.sync(**options)
    return result, {
        side: [
            f"{each.method} object" if each.name else each.method
            for each in log.requests(marks[side], pair.name)
        ]
        for side, log in logs.items()
    }


def test_a_run_without_work_looks_once_and_lists(pair: Pair) -> None:
    with pair.earlier():
        fill(pair, 3)
    pair.sync()
    result, requests = asked(pair)
    assert counts(result) == {"kept": 3}
    assert requests == {"source": LOOK, "destination": LOOK}
    both = {"objects": 3, "bytes": 300}
    assert result["counted"] == {"source": both, "destination": both}


def test_a_run_that_wrote_asks_what_is_counted_in_the_end(pair: Pair) -> None:
    with pair.earlier():
        fill(pair, 3)
    pair.sync()
    with pair.earlier():
        fill(pair, 4)
    result, requests = asked(pair)
    assert counts(result)["copied"] == 1
    assert requests["source"] == [*LOOK, "GET object", "HEAD"]
    written = requests["destination"].index("PUT object")
    assert "HEAD" in requests["destination"][written:]
    both = {"objects": 4, "bytes": 400}
    assert result["counted"] == {"source": both, "destination": both}
