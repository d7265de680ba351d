# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The pfcons in the database of an application that runs, asked from within it."""

from __future__ import annotations

import inspect
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube import pfcon_probe
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.commands_deployment import (
    CommandsDeployment,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.pfcons import (
    ask_database,
    is_ours,
    wait_for_pfcons,
)

from tests.cube import logins
from tests.cube.deployment import PACKAGES, Deployment
from tests.integration.playbooks.cutover import commands
from tests.servers import Lab

ROWS = """
import sys
import django
django.setup()
from tests.cube.application.plugins.models import ComputeResource
for name, url, innetwork in zip(*[iter(sys.argv[1:])] * 3):
    ComputeResource.objects.create(name=name, compute_url=url, compute_innetwork=innetwork == "1")
"""


class NoLogin(BaseHTTPRequestHandler):
    """What pfcon answers to a request without a login."""

    def do_GET(self) -> None:
        self.send_error(401)

    def log_message(self, *_arguments: object) -> None: ...


@contextmanager
def pfcon() -> Iterator[str]:
    """The URL of a server in pfcon's place."""
    with HTTPServer(("127.0.0.1", 0), NoLogin) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_port}/api/v1/"
        server.shutdown()


def test_those_in_network_are_found_and_asked_and_the_others_are_not(
    lab: Lab, container: str, tmp_path: Path
) -> None:
    application = Deployment(tmp_path / "cube")
    application.make(logins.old_swift(lab, container))
    given = commands(application.state)
    deployment = CommandsDeployment(
        services=["server", "worker", "pfcon"],
        pfcon_services=["pfcon"],
        files={},
        **{f"{name}_command": line for name, line in given.items() if name != "services"},
    )
    try:
        application.start()
        with pfcon() as url:
            rows = ["host", url, "1", "moc", "http://no-such-host.invalid/", "1", "zip", url, "0"]
            added = application.run(["-c", ROWS, *rows])
            assert added.wait() == 0
            found = ask_database(deployment).pfcons
            assert [(each.name, each.url) for each in found] == [
                ("host", url),
                ("moc", "http://no-such-host.invalid/"),
            ]
            assert [each.answers for each in found] == [True, False]
            assert found[0].answer == "401"
            assert [is_ours(deployment, each) for each in found] == [True, False]
            [told] = wait_for_pfcons(deployment, 5)
            assert told.startswith("the in-network pfcon moc at http://no-such-host.invalid/ does")
    finally:
        application.stop()


def test_where_manage_py_alone_names_the_settings_they_are_read_from_there(tmp_path: Path) -> None:
    """As in CUBE's folder; the settings that are named there are none, which is told."""
    PACKAGES.ensure()
    (tmp_path / "manage.py").write_text(
        'os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.local")\n'
    )
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "local.py").write_text("raise ValueError('s3cret')\n")
    done = subprocess.run(
        [str(PACKAGES.python), "-"],
        input=inspect.getsource(pfcon_probe),
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == '\n{"error": "ValueError"}\n'
    assert done.stderr == ""
