# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The segments of copies at a destination that gives no manifests, as Ceph RGW."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._compare.copied_segments import (
    CopiedSegments,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.manifest import Segment

from tests.unit.plugins.module_utils.fakes.object_server import ObjectServer
from tests.unit.plugins.module_utils.fakes.object_store import ObjectStore, md5

PARTS = [bytes([65 + number]) * 10 for number in range(4)]
VERSION, OLDER = "e" * 32, "f" * 32
LIMITS = {"swift": {"max_file_size": 10}, "slo": {"max_manifest_segments": 1000}}

MANIFEST = [
    Segment("old_segments", f"d/{number}", md5(part), 10) for number, part in enumerate(PARTS)
]
"""The source's, where it gives one."""

Faults = Callable[..., list[str]]


def put(store: ObjectStore, names: list[str], container: str) -> None:
    """Put "large", made of four segments with these names."""
    lines: list[dict[str, object]] = [
        {"path": f"/{container}/{name}", "etag": store.put(name, part, container)}
        for name, part in zip(names, PARTS, strict=True)
    ]
    store.put_manifest("large", lines, "new")


def numbered(prefix: str) -> list[str]:
    return [f"{prefix}{number:08}" for number in range(4)]


CUT = numbered(f".swift_migration/large/{VERSION}/40/10/")


@pytest.fixture
def there(destination: ObjectServer) -> ObjectStore:
    store = ObjectStore(readable=False)
    destination.script, destination.info = store, LIMITS
    store.containers["new"] = {"x-timestamp": "1.0"}
    return store


@pytest.fixture
def faults(source: ObjectServer, destination: ObjectServer, there: ObjectStore) -> Faults:
    """Looks at "large" as after a HEAD of both sides, and counts only what is asked thereafter."""
    here = ObjectStore()
    here.put("large", b"".join(PARTS), "old", etag=VERSION)
    source.script = here
    containers = source.container("old"), destination.container("new", "destination")

    def look(manifest: list[Segment] | None = None, *, closely: bool = False) -> list[str]:
        heads = [container.request("HEAD", "large") for container in containers]
        destination.asked.clear()
        return CopiedSegments(*containers).faults("large", *heads, manifest, closely=closely)

    assert there.puts == []
    return look


class TestOfTheSourcesManifest:
    """A copy whose segments have the names of the source's."""

    @pytest.fixture(autouse=True)
    def copied(self, there: ObjectStore) -> None:
        put(there, [f"d/{number}" for number in range(4)], "new_segments")

    @pytest.mark.parametrize("closely", [False, True])
    def test_are_looked_for_in_the_container_of_the_copy(
        self, there: ObjectStore, destination: ObjectServer, faults: Faults, closely: bool
    ) -> None:
        assert faults(MANIFEST, closely=closely) == []
        assert len(destination.named("HEAD")) == (len(MANIFEST) if closely else 0)
        del there.objects["new_segments", "d/0"]
        there.put("d/3", b"D" * 9 + b"!", "new_segments")
        assert faults(MANIFEST, closely=closely) == [
            "segment 'new_segments/d/0' is not there",
            "segment 'new_segments/d/3' is not what it was made of",
        ]


class TestOfACopyThatWasCutAnew:
    """A copy whose segments have names that tell the object and its version."""

    @pytest.fixture(autouse=True)
    def copied(self, there: ObjectStore) -> None:
        put(there, CUT, "new_segments")

    @pytest.mark.parametrize("closely", [False, True])
    def test_are_asked_for_one_by_one_only_if_that_is_wanted(
        self, destination: ObjectServer, faults: Faults, closely: bool
    ) -> None:
        assert faults(closely=closely) == []
        asked = [one.path for one in destination.named("HEAD") if ".swift_migration" in one.path]
        assert len(asked) == (len(CUT) if closely else 0)

    def test_are_named_where_they_are_gone_or_have_another_size(
        self, there: ObjectStore, faults: Faults
    ) -> None:
        del there.objects["new_segments", CUT[0]]
        there.put(CUT[3], b"other", "new_segments")
        assert faults() == [
            f"segment 'new_segments/{CUT[0]}' is not there",
            f"segment 'new_segments/{CUT[3]}' is not there",
        ]

    def test_with_one_other_byte_are_not_what_it_was_made_of(
        self, there: ObjectStore, faults: Faults
    ) -> None:
        there.put(CUT[2], b"C" * 9 + b"!", "new_segments")
        prefix = CUT[2].removesuffix("00000002")
        assert faults() == [f"segments 'new_segments/{prefix}...' are not what it was made of"]

    def test_may_be_those_of_another_version_if_its_etag_says_so(
        self, there: ObjectStore, faults: Faults
    ) -> None:
        for name in CUT:
            del there.objects["new_segments", name]
        older = numbered(f".swift_migration/large/{OLDER}/40/10/")
        for name, part in zip(older, PARTS, strict=True):
            there.put(name, part, "new_segments")
        assert faults() == []

    def test_of_another_object_are_not_taken_for_them(
        self, there: ObjectStore, faults: Faults
    ) -> None:
        there.put(f"{CUT[0]}/{VERSION}/40/10/00000000", b"of another object", "new_segments")
        there.put(CUT[0].removesuffix("00000000") + "note", b"no segment", "new_segments")
        assert faults() == []

    def test_may_have_lost_their_container(self, there: ObjectStore, faults: Faults) -> None:
        del there.containers["new_segments"]
        assert faults() == ["its segments are not there: there is no container 'new_segments'"]
