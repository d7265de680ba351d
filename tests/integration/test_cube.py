# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The application in CUBE's place: it behaves to its storage as CUBE does."""

from __future__ import annotations

import hashlib
import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cube import env_file, logins
from tests.cube.api import Api
from tests.cube.deployment import LOOK, Deployment
from tests.cube.ledger import Ledger
from tests.cube.verification import verify
from tests.cube.writing import PART, Writing
from tests.dataset.client import Client
from tests.servers import Lab
from tests.servers.errors import LabError

Variables = dict[str, str]
Make = Callable[..., Deployment]

WAIT_SECONDS = 30.0


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    """Make deployments that are stopped in the end."""
    made = []

    def deployment(variables: Variables, pfcon: Variables | None = None) -> Deployment:
        new = Deployment(tmp_path / f"cube{len(made)}")
        new.make(variables, pfcon)
        made.append(new)
        return new

    yield deployment
    for old in made:
        old.stop()


@pytest.fixture(params=["swift", "s3"])
def variables(request: pytest.FixtureRequest, lab: Lab, container: str) -> Variables:
    """CUBE's variables for the old Swift, and for the new one over S3."""
    return (logins.old_swift if request.param == "swift" else logins.s3)(lab, container)


@pytest.fixture
def client(request: pytest.FixtureRequest, variables: Variables) -> Client:
    """python-swiftclient where these variables lead."""
    of = {"swift": "source_client", "s3": "destination_client"}
    found: Client = request.getfixturevalue(of[variables["STORAGE_ENV"]])
    return found


def test_it_keeps_files_under_their_names(
    make: Make, variables: Variables, container: str, client: Client
) -> None:
    cube = make(variables)
    cube.start()
    api = Api(cube.url)
    large = bytes(range(256)) * (PART // 256 + 1)
    for name, content in (("a/jürgen.dcm", b"one"), ("a/empty", b""), ("b/large", large)):
        api.upload(name, content)
        assert api.download(name) == content
        assert client.get(container, name) == content
    api.replace("a/jürgen.dcm", b"two")
    assert api.download("a/jürgen.dcm") == client.get(container, "a/jürgen.dcm") == b"two"
    api.delete("a/empty")
    assert api.download("a/empty") is None
    files = {name: sha256 for name, sha256 in api.files().items() if name[0] in "ab"}
    assert files == {
        "a/jürgen.dcm": hashlib.sha256(b"two").hexdigest(),
        "b/large": hashlib.sha256(large).hexdigest(),
    }
    assert {entry["name"] for entry in client.listing(container)} <= set(api.files())
    if variables["STORAGE_ENV"] == "s3":  # where the parts of an upload are
        assert client.head(container + "+segments")["x-timestamp"]


def test_everything_that_is_written_is_found_again_and_a_loss_is_seen(
    make: Make, variables: Variables, container: str, client: Client
) -> None:
    cube = make(variables, logins.pfcon(variables))
    cube.start()
    api = Api(cube.url)
    ledger = Ledger(cube.ledger)
    writing = Writing(api, ledger, threads=2, pause=0)
    writing.run(threading.Event(), operations=8)
    assert writing.outcomes.keys() <= {"uploaded", "replaced", "deleted"}
    wait_for(lambda: any(name.startswith("results/") for name in api.files()))
    wait_for(cube.pfcon_ledger.exists)
    api.upload("uploads/changed", b"one")
    found = verify(cube)
    assert found.files > 2
    assert found.uncertain <= 1  # a job of pfcon may be under way
    assert found.faults == set()
    kept = {name for name, outcomes in ledger.expected().items() if outcomes != {None}}
    gone = min(kept)
    client.delete(container, gone)
    client.put(container, "uploads/changed", b"two")
    client.put(container, "uploads/unknown", b"three")
    found = verify(cube)
    assert found.lost == {gone}
    assert found.wrong == {"uploads/changed"}
    assert found.unexpected == {"uploads/unknown"}


def look(cube: Deployment, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([LOOK, cube.state, *words], capture_output=True, text=True, check=False)


def test_nothing_is_written_after_a_stop_and_everything_goes_on_after_a_start(
    make: Make, lab: Lab, container: str, source_client: Client
) -> None:
    variables = logins.old_swift(lab, container)
    cube = make(variables, logins.pfcon(variables))
    cube.start()
    assert cube.status() == {"server": True, "worker": True, "pfcon": True}
    assert look(cube, "running").stdout.split() == ["server", "worker", "pfcon"]
    told = look(cube, "environment", "pfcon").stdout.splitlines()
    assert dict(line.split("=", 1) for line in told) == cube.environment("pfcon")
    before = {"results/", "jobs/"}

    def written() -> set[str]:
        return {entry["name"] for entry in source_client.listing(container)}

    wait_for(lambda: all(any(name.startswith(kind) for name in written()) for kind in before))
    pids = {path: path.read_text() for path in cube.state.glob("*.pid")}
    cube.stop()
    assert cube.status() == {"server": False, "worker": False, "pfcon": False}
    for path, text in pids.items():
        path.write_text(text)  # as if they had been killed
    assert look(cube, "running").stdout == ""
    assert look(cube, "environment", "pfcon").returncode == 1
    Path(cube.state / "worker.pid").write_text(f"{os.getpid()} 1\n")  # another process has it
    assert look(cube, "running").stdout == ""
    left = written()
    time.sleep(5)  # longer than a job of either takes
    assert written() == left
    cube.start()
    wait_for(lambda: written() > left)


def test_a_process_has_what_its_env_file_held_when_it_started(
    make: Make, lab: Lab, container: str
) -> None:
    cube = make(logins.old_swift(lab, container))
    cube.start()
    env_file.write(cube.env_file, env_file.read(cube.env_file) | {"STORAGE_ENV": "s3"})
    assert cube.environment("server")["STORAGE_ENV"] == "swift"
    assert cube.environment("worker")["SWIFT_CONTAINER_NAME"] == container
    ran = cube.run(["-c", "import os, swiftclient; assert os.environ['STORAGE_ENV'] == 'swift'"])
    assert ran.wait() == 0


def test_an_older_one_is_told_its_storage_by_the_name_of_a_class(
    make: Make, lab: Lab, container: str
) -> None:
    variables = logins.old_swift(lab, container)
    del variables["STORAGE_ENV"]
    cube = make({**variables, "DEFAULT_FILE_STORAGE": "swift.storage.SwiftStorage"})
    cube.start()
    Api(cube.url).upload("a", b"one")
    assert Api(cube.url).download("a") == b"one"


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"S3_SECRET_KEY": "wrong"}, "403"),
        ({"S3_REGION": "nowhere"}, "400"),
        ({"S3_REGION": ""}, "400"),
        ({"S3_ENDPOINT_URL": "http://127.0.0.1:9"}, "127.0.0.1:9"),
        ({"S3_BUCKET_NAME": ""}, "S3_BUCKET_NAME is not set"),
        ({"STORAGE_ENV": "fslink"}, "STORAGE_ENV=fslink"),
    ],
)
def test_it_refuses_to_start_without_its_storage(
    make: Make, lab: Lab, container: str, wrong: Variables, why: str
) -> None:
    cube = make(logins.s3(lab, container) | wrong)
    with pytest.raises(LabError, match=why):
        cube.start()
    assert cube.status() == {"server": False, "worker": False}


def test_it_refuses_to_start_with_a_wrong_key_of_the_old_swift(
    make: Make, lab: Lab, container: str
) -> None:
    cube = make(logins.old_swift(lab, container) | {"SWIFT_KEY": "wrong"})
    with pytest.raises(LabError, match="401"):
        cube.start()
    assert cube.status() == {"server": False, "worker": False}


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.2)
