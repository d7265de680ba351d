# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The names that an application knows, compared with two containers of a server in a test."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._compare.catalogue_comparison import (
    CatalogueComparison,
    CatalogueOptions,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.listing_count import (
    IncompleteListingError,
)

from tests.unit.plugins.module_utils.fakes.object_server import Answer, ObjectServer
from tests.unit.plugins.module_utils.fakes.two_clouds import PHASE, TwoClouds, answering

SOURCE = "x-container-meta-migration-source"


@pytest.fixture
def clouds(source: ObjectServer, destination: ObjectServer, tmp_path: Path) -> TwoClouds:
    made = TwoClouds(source, destination, tmp_path)
    made.put("a", "b", "c")
    for name in ("a", "b"):
        made.destination.put(name, name.encode(), "new")
    return made


def compared(clouds: TwoClouds, folder: Path, names: str, **options: Any) -> dict[str, Any]:
    path = folder / "names"
    path.write_text("\n".join(names))
    asked = CatalogueOptions("old", "new", str(path), **options)
    comparison = CatalogueComparison(*clouds.connections, asked)
    comparison.run()
    return comparison.result()


def counted(result: dict[str, Any]) -> dict[str, int]:
    return {fate: number for fate, number in result["fates"].items() if number}


def identity_of_source(clouds: TwoClouds) -> str:
    from ansible_collections.fnndsc.swift_migration.plugins.module_utils import (
        _container_identity,
    )

    return _container_identity.identity(clouds.connections[0].storage_url, "old", "1.0")


def test_what_the_destination_lacks_is_lost(clouds: TwoClouds, tmp_path: Path) -> None:
    report = tmp_path / "lost.jsonl"
    result = compared(clouds, tmp_path, "acx", report=str(report))
    assert counted(result) == {"found": 1, "lost": 1, "missing": 1, "unknown": 1}
    assert result["known"] == 3
    assert [check["verdict"] for check in result["checks"]] == ["failure", "warning"]
    assert result["names"]["lost"] == ["c"]
    assert [json.loads(line) for line in report.read_text().splitlines()] == [
        {"name": "c", "fate": "lost"},
        {"name": "x", "fate": "missing"},
    ]
    assert stat.S_IMODE(report.stat().st_mode) == 0o600
    assert result["changed"] is False
    assert clouds.writes == []


def test_what_is_lacking_in_one_of_two_looks_only_is_being_deleted(
    clouds: TwoClouds, tmp_path: Path
) -> None:
    report = tmp_path / "lost.jsonl"
    compared(clouds, tmp_path, "ac", report=str(report))
    clouds.destination.objects.pop(("new", "a"))
    result = compared(clouds, tmp_path, "abc", report=str(report), again=True)
    assert counted(result) == {"found": 1, "lost": 1, "just_gone": 1}
    assert report.read_text() == '{"name": "c", "fate": "lost"}\n'


def test_what_is_not_copied_yet_is_none(clouds: TwoClouds, tmp_path: Path) -> None:
    result = compared(clouds, tmp_path, "abc", copied=False)
    assert counted(result) == {"found": 2, "not_copied": 1}
    assert [check["verdict"] for check in result["checks"]] == ["ok"]


def test_before_a_migration_there_may_be_no_destination(clouds: TwoClouds, tmp_path: Path) -> None:
    del clouds.destination.containers["new"]
    result = compared(clouds, tmp_path, "abcx", copied=False)
    assert counted(result) == {"not_copied": 3, "missing": 1}
    with pytest.raises(MigrationError, match="'new'"):
        compared(clouds, tmp_path, "abcx")


def test_after_the_cutover_what_the_application_deleted_is_no_loss(
    clouds: TwoClouds, tmp_path: Path
) -> None:
    clouds.put_extra("d")
    clouds.destination.containers["new"] |= {SOURCE: identity_of_source(clouds), PHASE: "cut-over"}
    result = compared(clouds, tmp_path, "abd")
    assert counted(result) == {"found": 3, "deleted": 1}
    assert [check["verdict"] for check in result["checks"]] == ["ok"]


def test_after_the_proof_of_a_cutover_that_goes_on_either_may_have_got_more(
    clouds: TwoClouds, tmp_path: Path
) -> None:
    clouds.put_extra("d")
    clouds.destination.containers["new"] |= {SOURCE: identity_of_source(clouds), PHASE: "verified"}
    result = compared(clouds, tmp_path, "abcdx", copied=False)
    assert counted(result) == {"found": 3, "not_copied": 1, "missing": 1}
    assert counted(compared(clouds, tmp_path, "abcdx"))["lost"] == 1


def test_of_a_migration_from_another_container_the_phase_tells_nothing(
    clouds: TwoClouds, tmp_path: Path
) -> None:
    clouds.put_extra("d")
    clouds.destination.containers["new"] |= {SOURCE: "another", PHASE: "cut-over"}
    result = compared(clouds, tmp_path, "abd")
    assert counted(result) == {"found": 2, "new_only": 1, "unknown": 1}


def test_what_the_listing_lacks_and_its_server_gives_is_asked_for(
    clouds: TwoClouds, tmp_path: Path
) -> None:
    clouds.source.refuse = answering(200, method="HEAD", end="/x")
    result = compared(clouds, tmp_path, "abx")
    assert counted(result) == {"found": 2, "unlisted": 1, "unknown": 1}
    asked = {(side, path) for side, method, path in clouds.asked if path.endswith("/x")}
    assert asked == {("source", "old/x"), ("destination", "new/x")}


@pytest.mark.parametrize("status", [400, 412])
def test_a_name_that_no_object_can_have_is_missing(
    clouds: TwoClouds, tmp_path: Path, status: int
) -> None:
    clouds.source.refuse = answering(status, method="HEAD", end="/x")
    assert counted(compared(clouds, tmp_path, "abx"))["missing"] == 1


def test_a_server_that_does_not_answer_loses_nothing(clouds: TwoClouds, tmp_path: Path) -> None:
    clouds.source.refuse = answering(403, method="HEAD", end="/x")
    with pytest.raises(MigrationError, match="403"):
        compared(clouds, tmp_path, "abx")


def test_a_listing_of_the_source_that_ended_early_is_read_again_and_then_refused(
    clouds: TwoClouds, tmp_path: Path
) -> None:
    def refuse(asked: Any) -> Answer | None:
        path = asked.path.partition("?")[0]
        if asked.method == "HEAD" and path.endswith("/old"):
            return Answer(204, {"x-timestamp": "1.0", "X-Container-Object-Count": "900"})
        return None

    clouds.source.refuse = refuse
    with pytest.raises(IncompleteListingError, match=r"shows 3 objects, .* 900"):
        compared(clouds, tmp_path, "abc")
    pages = [path for side, method, path in clouds.asked if (side, method) == ("source", "GET")]
    assert len(pages) >= 4


def test_names_that_the_application_changes_are_told(clouds: TwoClouds, tmp_path: Path) -> None:
    result = compared(clouds, tmp_path, "ab", is_changed=lambda name: name in "bc")
    assert result["changed_names"] == 1
    assert [check["verdict"] for check in result["checks"]] == ["ok", "failure"]
    result = compared(clouds, tmp_path, "ab", is_changed=lambda name: True, allow_changed=True)
    assert [check["verdict"] for check in result["checks"]] == ["ok", "warning"]


def test_of_a_prefix_only_its_names_count(clouds: TwoClouds, tmp_path: Path) -> None:
    assert counted(compared(clouds, tmp_path, "abx", prefix="b")) == {"found": 1}
