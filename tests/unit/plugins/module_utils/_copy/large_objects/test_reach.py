# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Manifests lead to the container's own segments, and elsewhere only where the user lets them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._compare.finding import Verdict
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._compare.object_comparison import (
    ObjectComparison,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._copy.transfer import Transfer
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.outcome import Kind
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.listing import (
    ListedObject,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.manifest_reach import (
    ManifestReach,
)

from tests.unit.plugins.module_utils._copy.large_objects.copying import large_objects
from tests.unit.plugins.module_utils.fakes.object_server import ObjectServer
from tests.unit.plugins.module_utils.fakes.object_store import ObjectStore

pytestmark = pytest.mark.security

TOLD = r"leads to container 'private', which was not read"
ENTRY = ListedObject("o", 0, "", "", "")

Put = Callable[[ObjectStore, str], None]


def dynamic(store: ObjectStore, container: str) -> None:
    store.put("d/1", b"1", container)
    store.put("o", b"", **{"x-object-manifest": f"{container}/d/"})


def dynamic_with_a_body(store: ObjectStore, container: str) -> None:
    store.put("d/1", b"1", container)
    store.put("o", b"a body of its own", **{"x-object-manifest": f"{container}/d/"})


def line(store: ObjectStore, container: str, name: str, body: bytes) -> dict[str, object]:
    etag = store.put(name, body, container)
    return {"path": f"/{container}/{name}", "etag": etag, "size_bytes": len(body)}


def static(store: ObjectStore, container: str) -> None:
    store.put_manifest("o", [line(store, container, "d/1", b"1")])


def static_of_many(store: ObjectStore, container: str) -> None:
    """One that the destination takes only when it is cut anew."""
    store.put_manifest("o", [line(store, container, f"d/{number}", b"1") for number in range(20)])


@pytest.fixture(params=[dynamic, dynamic_with_a_body, static, static_of_many])
def put(request: pytest.FixtureRequest) -> Put:
    """Puts the large object "o"."""
    made: Put = request.param
    return made


def asked_of(server: ObjectServer, container: str) -> list[str]:
    return [one.path for one in server.asked if f"/{container}" in one.path]


def test_one_that_leads_elsewhere_is_an_error_and_nothing_of_it_is_read_or_put(
    source: ObjectServer,
    destination: ObjectServer,
    here: ObjectStore,
    there: ObjectStore,
    tmp_path: Path,
    put: Put,
) -> None:
    put(here, "private")
    large = large_objects(source, destination, tmp_path, reach=ManifestReach("c"))
    with pytest.raises(MigrationError, match=TOLD) as caught:
        large.copy(ENTRY)
    assert caught.value.option == "segment_containers"
    assert asked_of(source, "private") == []
    assert there.puts == []


@pytest.mark.parametrize("container", ["c", "c_segments", "c+segments", "listed"])
def test_its_own_containers_and_those_that_are_listed_are_read(
    source: ObjectServer,
    destination: ObjectServer,
    here: ObjectStore,
    there: ObjectStore,
    tmp_path: Path,
    put: Put,
    container: str,
) -> None:
    put(here, container)
    large = large_objects(source, destination, tmp_path, reach=ManifestReach("c", ["listed"]))
    assert large.copy(ENTRY).kind is Kind.COPIED
    assert ("c", "o") in there.objects


@pytest.mark.parametrize("segment", ["own/dynamic", "own/static"])
def test_a_segment_that_leads_elsewhere_itself_is_an_error(
    source: ObjectServer,
    destination: ObjectServer,
    here: ObjectStore,
    there: ObjectStore,
    tmp_path: Path,
    segment: str,
) -> None:
    secret = line(here, "private", "d/1", b"1")
    here.put("own/dynamic", b"", "c_segments", **{"x-object-manifest": "private/d/"})
    etag = here.put_manifest("own/static", [secret], "c_segments")
    here.put_manifest(
        "o",
        [
            {
                "path": f"/c_segments/{segment}",
                "etag": etag,
                "size_bytes": 1,
                "sub_slo": segment == "own/static",
            }
        ],
    )
    large = large_objects(source, destination, tmp_path, reach=ManifestReach("c"))
    with pytest.raises(MigrationError, match=TOLD):
        large.copy(ENTRY)
    assert asked_of(source, "private") == []
    assert there.puts == []


def test_check_mode_tells_it_too(
    source: ObjectServer, destination: ObjectServer, here: ObjectStore, put: Put
) -> None:
    put(here, "private")
    transfer = Transfer(source.container(reach=ManifestReach("c")), destination.container())
    with pytest.raises(MigrationError, match=TOLD):
        transfer.predict(ENTRY, None)


@pytest.mark.parametrize("look", [ObjectComparison.heads, ObjectComparison.contents])
def test_a_comparison_does_not_call_it_equal(
    source: ObjectServer,
    destination: ObjectServer,
    here: ObjectStore,
    there: ObjectStore,
    put: Put,
    look: Callable[[ObjectComparison, str], object],
) -> None:
    put(here, "private")
    put(there, "private")
    for reach, verdict in (
        (ManifestReach("c"), Verdict.ERROR),
        (ManifestReach("c", ["private"]), Verdict.MATCH),
    ):
        finding = look(
            ObjectComparison(
                source.container(reach=reach), destination.container(label="destination")
            ),
            "o",
        )
        assert getattr(finding, "verdict", None) is verdict
