# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The new storage tried from within containers, each with what it knows of the network."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.containers.conftest import OBJECTS, modules
from tests.containers.engine import Engine
from tests.containers.fault import of_storage
from tests.containers.project import Project
from tests.cube import logins
from tests.cube.probe import Probe
from tests.integration.module_server import ModuleServer
from tests.servers import Lab

HOST = "storage.of-cube.internal"

Found = dict[str, tuple[str, str]]


@pytest.fixture
def project(engine: Engine, tmp_path: Path, lab: Lab, old: dict[str, str]) -> Iterator[Project]:
    """All but pfcon know a name of the storage's host, and the API's service its authority."""
    made = Project(engine, tmp_path / f"project{old['SWIFT_CONTAINER_NAME'][5:]}", old,
                   logins.pfcon(old))  # fmt: skip
    knows = {"extra_hosts": [f"{HOST}:127.0.0.1"]}
    trusts = {"environment": {"AWS_CA_BUNDLE": str(lab.state.certificate)}}
    services = {"chris": {**knows, **trusts}, "worker": knows}
    made.override.write_text(json.dumps({"services": services}))
    with made as running:
        yield running


@pytest.fixture
def rehearse(
    module_server: ModuleServer, tmp_path: Path, project: Project, new: dict[str, str]
) -> Callable[..., Found]:
    """Try the new storage with some variables changed: verdict and finding of each service."""

    def play(**changed: str) -> Found:
        run = modules(module_server, tmp_path, project.engine.environment | project.exported)
        params = {
            **of_storage({**new, **changed}),
            "deployment": "compose",
            "settings": {"directory": str(project.folder), "services": ["chris", "worker"]},
            "env_files": [str(project.env_file)],
            "rehearse": True,
            "expected_objects": OBJECTS,
        }
        result = run("cube_storage_info", params)
        assert not result.get("failed"), result
        assert new["S3_SECRET_KEY"] not in json.dumps(result)
        name = "new storage from "
        return {
            each["name"].removeprefix(name): (each["verdict"], each["seen"])
            for each in result["checks"]
        }

    return play


def test_each_container_is_tried_with_its_own_names_and_authorities(
    rehearse: Callable[..., Found], project: Project, lab: Lab, new: dict[str, str]
) -> None:
    with pytest.raises(socket.gaierror):
        socket.gethostbyname(HOST)
    port = new["S3_ENDPOINT_URL"].rpartition(":")[2]
    tls = lab.description["destination"]["tls_storage_url"].partition("/v1/")[0]
    begun = project.starts
    with Probe(project.url) as asked:
        plain = rehearse()
        by_name = rehearse(S3_ENDPOINT_URL=f"http://{HOST}:{port}")
        by_tls = rehearse(S3_ENDPOINT_URL=tls)
        wrong = rehearse(S3_SECRET_KEY="wrong")
    assert asked.failures == []
    assert asked.answered
    assert project.starts == begun

    assert verdicts(plain) == {"chris": "ok", "worker": "ok", "pfcon": "ok"}
    assert verdicts(by_name) == {"chris": "ok", "worker": "ok", "pfcon": "failure"}
    assert f"pfcon finds no address for the host {HOST}" in by_name["pfcon"][1]
    assert verdicts(by_tls) == {"chris": "ok", "worker": "failure", "pfcon": "failure"}
    assert "worker does not trust the certificate of" in by_tls["worker"][1]
    assert verdicts(wrong) == dict.fromkeys(plain, "failure")
    assert "cube_storage_s3.secret_key: " in wrong["chris"][1]


def verdicts(found: Found) -> dict[str, str]:
    return {service: verdict for service, (verdict, _seen) in found.items()}
