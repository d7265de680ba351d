# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Symlinks of the old Swift: copied as symlinks, or as what they lead to, and never lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from swiftclient.exceptions import ClientException

from tests.dataset.client import Client
from tests.integration.conftest import Options, RunModule
from tests.integration.pair import AGE, counts
from tests.servers import Lab

ODD = "a b/ü?%#&"
BODY = b"the target's bytes"

Sync = Callable[..., dict[str, Any]]


class Links:
    """Two containers of different names, and what is put into the first one."""

    def __init__(
        self, run_module: RunModule, sides: tuple[Options, Options], client: Client, state: Path
    ) -> None:
        self._run_module, self._client, self._state = run_module, client, state
        self.names = (sides[0]["container"], sides[1]["container"])
        self._sides = {"source": sides[0], "destination": sides[1]}

    def put(self, name: str, target: str, container: str = "", **headers: str) -> None:
        """Put a symlink."""
        leads = {"X-Symlink-Target": quote(f"{container or self.names[0]}/{target}"), **headers}
        self._client.put(self.names[0], name, b"", leads)

    def sync(self, *, check: bool = False, **options: Any) -> dict[str, Any]:
        params = {**self._sides, "state_dir": str(self._state), **options}
        return self._run_module("swift_sync", params, check=check)

    def compare(self, **options: Any) -> dict[str, Any]:
        params = {**self._sides, "state_dir": str(self._state), **options}
        return self._run_module("swift_compare", params)


@pytest.fixture
def links(
    run_module: RunModule,
    source: Options,
    destination: Options,
    source_client: Client,
    destination_client: Client,
    container: str,
    tmp_path: Path,
) -> Links:
    """A container of two objects, and an empty one to copy it into."""
    sides = ({**source, "container": container}, {**destination, "container": f"{container}-new"})
    source_client.put_container(container)
    destination_client.put_container(f"{container}-new")
    source_client.age = AGE  # its copy is younger beyond doubt, and asked for no more
    for name in ("target", ODD):
        source_client.put(container, name, BODY, {"Content-Type": "text/plain"})
    source_client.age = 0.0
    return Links(run_module, sides, source_client, tmp_path / "state")


def test_objects_of_which_old_versions_are_kept_are_no_symlinks(
    links: Links, source_client: Client, destination_client: Client
) -> None:
    keep = {"X-Versions-Enabled": "true"}
    source_client.post_container(links.names[0], keep)
    destination_client.post_container(links.names[1], keep)
    source_client.put(links.names[0], "empty", b"", {})
    source_client.put(links.names[0], "target", BODY + BODY, {})
    shown = {row["name"]: row for row in source_client.listing(links.names[0])}
    assert "?version-id=" in shown["target"]["symlink_path"]
    done = links.sync()
    assert counts(done) == {"copied": 3}
    assert (done["symlinks"]["symlinks"], done["symlinks"]["objects"]) == (0, 0)
    assert counts(links.sync()) == {"kept": 3}
    assert links.compare(level="content", sample="100%")["equal"]


def itself(client: Client, container: str, name: str) -> dict[str, str]:
    """What a server tells of a symlink itself."""
    return client.read(container, name, "symlink=get")[0]


def test_those_that_lead_to_an_object_of_the_container_stay_symlinks(
    lab: Lab, links: Links, source_client: Client, destination_client: Client
) -> None:
    old, new = links.names
    etag = source_client.head(old, "target")["etag"]
    links.put("a link", "target", **{"X-Object-Meta-Kind": "mine"})
    links.put("a static one", "target", **{"X-Symlink-Target-Etag": etag})
    links.put("a static one of that", "a static one", **{"X-Symlink-Target-Etag": etag})
    links.put("one of a link", "a link")
    links.put(f"of {ODD}", ODD)
    links.put("dangling", "nowhere")

    predicted, done = links.sync(check=True), links.sync()
    assert counts(predicted) == counts(done) == {"copied": 8}
    for result in (predicted, done):
        assert result["symlinks"] == {
            "symlinks": 6,
            "objects": 0,
            "dangling": 1,
            "first_objects": {},
            "first_dangling": {"dangling": f"{old}/nowhere"},
        }
        assert "1 symlinks lead to nothing" in result["notice"]

    told = {row["name"]: row.get("symlink_path", "") for row in destination_client.listing(new)}
    account = destination_client.account
    assert told == {
        "target": "",
        ODD: "",
        "a link": f"/v1/{account}/{new}/target",
        "a static one": f"/v1/{account}/{new}/target",
        "a static one of that": f"/v1/{account}/{new}/a%20static%20one",
        "one of a link": f"/v1/{account}/{new}/a%20link",
        f"of {ODD}": f"/v1/{account}/{new}/{quote(ODD)}",
        "dangling": f"/v1/{account}/{new}/nowhere",
    }
    link = itself(destination_client, new, "a link")
    assert link["x-object-meta-kind"] == "mine"
    assert itself(destination_client, new, "a static one")["x-symlink-target-etag"] == etag
    assert destination_client.get(new, f"of {ODD}") == BODY

    logs = [lab.access_log(side) for side in ("source", "destination")]
    marks = [log.mark() for log in logs]
    again = links.sync()
    assert counts(again) == {"kept": 8}
    assert not again["changed"]
    for log, mark, name in zip(logs, marks, links.names, strict=True):
        assert {request.method for request in log.object_requests(mark, name)} == {"HEAD"}

    compared = links.compare(level="content", sample="100%")
    assert compared["equal"], compared["msg"]
    assert compared["objects"]["match"] == 8
    assert compared["dangling"] == ["dangling"]
    assert "1 symlinks lead to nothing at the source" in compared["notice"]
    assert compared["source"]["sha256"] == compared["destination"]["sha256"]


def test_check_mode_tells_that_a_static_one_becomes_an_object_or_is_broken(
    links: Links, source_client: Client
) -> None:
    old = links.names[0]
    source_client.put(old, "a/target", b"1")
    for name, target in (("a/broken", "a/target"), ("a/link", "target")):
        links.put(
            name, target, **{"X-Symlink-Target-Etag": source_client.head(old, target)["etag"]}
        )
    source_client.put(old, "a/target", b"2")
    options = {"prefix": "a/", "accept_unreadable": ["a/broken"]}
    predicted, done = (links.sync(check=check, **options) for check in (True, False))
    assert counts(predicted) == counts(done) == {"copied": 2, "unreadable": 1}
    assert predicted["unreadable"] == done["unreadable"]
    assert predicted["symlinks"] == done["symlinks"]
    assert done["symlinks"]["first_objects"] == {"a/link": f"{old}/target"}


def test_one_that_leads_elsewhere_now_is_found_and_replaced(
    links: Links, destination_client: Client
) -> None:
    links.put("link", "target")
    links.sync()
    links.put("link", ODD)
    different = links.compare()
    assert different["failed"]
    assert different["differences"] == [
        {"name": "link", "outcome": "differ", "what": ["x-symlink-target"]}
    ]
    assert counts(links.sync()) == {"refreshed": 1, "kept": 2}
    assert itself(destination_client, links.names[1], "link")["x-symlink-target"] == (
        f"{links.names[1]}/{quote(ODD)}"
    )
    assert links.compare()["equal"]


def test_one_that_leads_to_nothing_at_the_destination_only_is_no_match(
    links: Links, destination_client: Client
) -> None:
    links.put("dir/link", "target")
    links.sync()
    assert links.compare(prefix="dir/")["equal"]
    destination_client.delete(links.names[1], "target")
    dead = links.compare(prefix="dir/")
    assert dead["failed"]
    [difference] = dead["differences"]
    why = f"destination: it is a symlink to '{links.names[1]}/target', which is not there"
    assert difference == {"name": "dir/link", "outcome": "missing", "what": [why]}
    assert [row["name"] for row in links.compare()["differences"]] == ["dir/link", "target"]


def test_one_that_was_deleted_is_deleted_and_its_target_stays(
    links: Links, source_client: Client, destination_client: Client
) -> None:
    old, new = links.names
    links.put("link", "target")
    links.sync()
    source_client.delete(old, "link")
    assert counts(links.sync(prune=True, max_delete="1")) == {"deleted": 1, "kept": 2}
    assert [row["name"] for row in destination_client.listing(new)] == [ODD, "target"]


def test_one_to_another_container_is_read_only_if_the_user_allows_it_and_becomes_an_object(
    links: Links, source_client: Client, destination_client: Client
) -> None:
    new, other = links.names[1], f"{links.names[0]}-other"
    source_client.put_container(other)
    source_client.put(other, "secret", b"1", {"X-Object-Meta-Kind": "theirs"})
    links.put("link", "secret", other)
    links.put("a link to the link", "link")
    links.put("lost", "nowhere", other)

    refused = links.sync()
    assert refused["failed"]
    assert {failure["name"] for failure in refused["failures"]} == {"link", "lost"}
    assert f"a symlink leads to container '{other}'" in refused["failures"][0]["reason"]
    with pytest.raises(ClientException, match="404"):
        destination_client.head(new, "link")

    allowed: dict[str, Any] = {"segment_containers": [other]}
    done = links.sync(**allowed)
    assert done["failed"]
    [lost] = done["unreadable"]
    assert lost["name"] == "lost"
    assert f"it is a symlink to '{other}/nowhere', which is not there" in lost["reason"]
    assert done["symlinks"]["first_objects"] == {"link": f"{other}/secret"}
    assert "1 symlinks became objects" in done["notice"]
    assert destination_client.get(new, "link") == b"1"
    assert destination_client.head(new, "link")["x-object-meta-kind"] == "theirs"
    assert "x-symlink-target" not in itself(destination_client, new, "link")

    accepted = {**allowed, "accept_unreadable": ["lost"]}
    kept = {"kept": 4, "unreadable": 1}
    assert counts(links.sync(**accepted)) == kept
    compared = links.compare(**accepted)
    assert compared["equal"]
    assert compared["objects"]["accepted"] == 1
    unaccepted = links.compare(**allowed)
    assert [row["name"] for row in unaccepted["differences"]] == ["lost"]
    assert "symlink" in unaccepted["differences"][0]["what"][0]
    source_client.put(other, "secret", b"2")
    assert counts(links.sync(check=True, **accepted)) == {
        "kept": 3,
        "refreshed": 1,
        "unreadable": 1,
    }
    assert counts(links.sync(**accepted)) == {"kept": 3, "refreshed": 1, "unreadable": 1}
    assert destination_client.get(new, "link") == b"2"


def test_a_large_object_that_a_symlink_leads_to_arrives_before_it(
    links: Links, source_client: Client, destination_client: Client
) -> None:
    old, new = links.names
    segments = f"{old}_segments"
    source_client.put_container(segments)
    source_client.put(segments, "d/1", b"A" * 100)
    source_client.put(old, "large", b"", {"X-Object-Manifest": f"{segments}/d/"})
    links.put("a link", "large")
    copied = links.sync()
    assert counts(copied) == {"copied": 4}
    assert copied["symlinks"]["symlinks"] == 1
    assert destination_client.get(new, "a link") == b"A" * 100
    assert counts(links.sync()) == {"kept": 4}
    assert links.compare()["equal"]
