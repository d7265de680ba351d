# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The data set on real servers, and the checker that finds each thing that is wrong."""

from __future__ import annotations

import pytest

from tests.dataset import dataset
from tests.dataset.client import Account, Client
from tests.dataset.upload import Uploader
from tests.dataset.verify import Side, main, verify
from tests.servers import Lab

OBJECTS = 80
FEED = "chris/feed_12/pl-dircopy_34/data"


@pytest.fixture
def filled(lab: Lab, container: str) -> str:
    """The name of a container that holds the data set in both clusters."""
    for account in (Account.source(lab.description), Account.destination(lab.description)):
        done = Uploader(account, container).run(dataset(3, OBJECTS, 0.001, container))
        assert done.objects == OBJECTS
    return container


def test_every_object_arrives_under_its_own_name(filled: str, source_client: Client) -> None:
    expected = {item.name: item for item in dataset(3, OBJECTS, 0.001, filled)}
    listed = [entry["name"] for entry in source_client.listing(filled)]
    assert listed == sorted(expected, key=str.encode)
    for name, item in expected.items():
        headers, body = source_client.read(filled, name)
        assert sum(map(len, body)) == item.size, name
        assert headers["content-type"] == item.headers["Content-Type"], name
        for header, value in item.headers.items():
            assert headers.get(header.lower()) == value, (name, header)


def test_each_difference_is_found(
    filled: str, lab: Lab, destination_client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = [f"--lab={lab.state.root}", f"--source={filled}", f"--destination={filled}"]
    assert main(arguments) == 0
    assert f"{OBJECTS} objects" in capsys.readouterr().out

    text = {"Content-Type": "text/plain; charset=utf-8"}
    there = destination_client
    there.put(filled, "?", b"x" * 100, text)
    there.put(filled, "..", there.get(filled, ".."), {**text, "X-Object-Meta-Extra": "1"})
    there.post(filled, f"{FEED}/with-metadata.dcm", {"X-Object-Meta-Mtime": "1"})
    there.put(filled, "chris/", b"", {"Content-Type": "text/directory"})
    there.delete(filled, "home/chris/odd/tab\tand return\r.txt")
    there.put(filled, "home/chris/odd/too many", b"")
    flat = there.get(filled, f"{FEED}/static large object.dcm")
    meta = {"Content-Type": "application/dicom", "X-Object-Meta-Mtime": "1679616001.5"}
    there.put(filled, f"{FEED}/static large object.dcm", flat, meta)

    description = lab.description
    result = verify(
        Side(Account.source(description), filled), Side(Account.destination(description), filled)
    )
    found: dict[str, set[str]] = {}
    for difference in result.differences:
        found.setdefault(difference.name, set()).add(difference.what)
    assert found == {
        "?": {"MD5"},
        "..": {"x-object-meta-extra"},
        f"{FEED}/with-metadata.dcm": {
            "x-object-meta-mtime",
            "x-object-meta-patient",
            "x-object-meta-percent",
            "x-object-meta-longest",
            "x-object-meta-" + "n" * 80,
        },
        "chris/": {"content-type"},
        "home/chris/odd/tab\tand return\r.txt": {"object"},
        "home/chris/odd/too many": {"object"},
        f"{FEED}/static large object.dcm": {"segments", "x-static-large-object"},
    }
    assert main(arguments) == 1
    assert "'home/chris/odd/too many': object: source 'missing'" in capsys.readouterr().out
