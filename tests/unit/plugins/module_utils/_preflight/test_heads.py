# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What HEADs of a sample tell."""

from __future__ import annotations

from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cloud.metadata_limits import (
    MetadataLimits,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.run_context import (
    RunContext,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._preflight.heads import (
    SampledHeads,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.http_messages import (
    Response,
)

from tests.unit.plugins.module_utils._preflight.test_survey import entry
from tests.unit.plugins.module_utils.fakes.object_server import Answer, Asked
from tests.unit.plugins.module_utils.fakes.two_clouds import TwoClouds


def heads(*answers: tuple[str, int, dict[str, str]]) -> dict[str, tuple[str, str]]:
    sampled = SampledHeads(MetadataLimits(value=3))
    for name, status, headers in answers:
        lines = "".join(f"{key}: {value}\r\n" for key, value in headers.items())
        sampled.count(entry(name), Response(status, f"HTTP/1.1 {status}\r\n{lines}\r\n".encode()))
    return {check.name: (check.verdict, check.seen) for check in sampled.checks()}


def test_plain_objects_are_all_right() -> None:
    assert heads(("a", 200, {"x-object-meta-b": "123"})) == {
        "unreadable objects": ("ok", "none of 1 that were looked at"),
        "metadata of objects": ("ok", "the destination takes that of all 1 looked at"),
        "expiring objects": ("ok", "none of 1 that were looked at"),
    }


def test_each_kind_is_counted_and_the_first_is_named() -> None:
    found = heads(
        ("lost", 404, {}),
        ("gone", 404, {}),
        ("wordy", 200, {"x-object-meta-note": "1234"}),
        ("expiring", 200, {"x-delete-at": "1"}),
        ("dynamic", 200, {"x-object-manifest": "c/p"}),
    )
    assert {name: verdict for name, (verdict, _seen) in found.items()} == {
        "unreadable objects": "failure",
        "metadata of objects": "failure",
        "expiring objects": "warning",
        "dynamic large objects": "ok",
    }
    assert found["unreadable objects"][1] == (
        "2 of 5 that were looked at are listed and not there, as lost: lost, or expired"
    )
    assert found["metadata of objects"][1].endswith(
        "as wordy: its metadata 'note' has 4 bytes, the destination takes 3"
    )
    assert found["expiring objects"][1].endswith(", as expiring")
    assert found["dynamic large objects"][1].startswith("1 of 5 that were looked at, as dynamic;")


def test_what_was_deleted_meanwhile_is_not_counted() -> None:
    sampled = SampledHeads(MetadataLimits())
    sampled.count(entry("a"), None)
    assert sampled.objects == 0


def test_why_metadata_is_refused_is_that_of_the_object_that_is_named() -> None:
    found = heads(
        ("first", 200, {"x-object-meta-note": "1234"}),
        ("second", 200, {"x-object-meta-note": "12345"}),
    )
    assert found["metadata of objects"][1].endswith(
        "as first: its metadata 'note' has 4 bytes, the destination takes 3"
    )


def test_a_name_cannot_steer_a_terminal() -> None:
    hostile = "a\x1b[2K"
    found = heads(
        (hostile, 404, {}),
        (
            hostile,
            200,
            {"x-object-meta-note": "1234", "x-delete-at": "1", "x-object-manifest": "c"},
        ),
    )
    assert all(r"a\x1b[2K" in seen and seen.isprintable() for _verdict, seen in found.values())


def test_what_is_not_there_is_looked_for_in_the_listing_and_links_are_not_followed(
    two_clouds: TwoClouds,
) -> None:
    two_clouds.put("there", "lost")
    queries: list[str] = []

    def losing(asked: Asked) -> Answer | None:
        path, _mark, query = asked.path.partition("?")
        if asked.method == "HEAD":
            queries.append(query)
        return Answer(404) if path.endswith("/old/lost") else None

    script = two_clouds.connections[0].script
    two_clouds.connections[0].script = lambda asked: losing(asked) or script(asked)
    sampled = SampledHeads(MetadataLimits())
    context = RunContext(*two_clouds.connections, two_clouds.options, two_clouds.retry)
    sampled.ask(context, [entry(name) for name in ("there", "lost", "deleted")])
    assert (sampled.objects, sampled.unreadable.names) == (2, ["lost"])
    assert queries == ["symlink=get"] * 3


def test_what_is_lost_has_a_remedy() -> None:
    sampled = SampledHeads(MetadataLimits())
    sampled.count(entry("lost"), Response(404, b"HTTP/1.1 404\r\n\r\n"))
    assert "accept_unreadable" in next(sampled.checks()).remedy
