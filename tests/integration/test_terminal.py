# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What names and servers say reaches a user's terminal without one control character."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.integration.conftest import Options
from tests.integration.pair import Pair
from tests.integration.playbooks.controller import ROOT, Controller

pytestmark = pytest.mark.security

PAINT = "b\x1b]0;TITLE\x07\x1b[2K\x1b[1A\x1b[32mok: all fine\x7f\x9b2J\x9d0;T\x9c\u202eevil\u2028"
"""Sets the title, erases the line above, turns green, clears the screen, in 7 and in 8 bits."""


@pytest.fixture
def hostile_server() -> Iterator[str]:
    """The URL of a server that refuses each login with that text."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = PAINT.encode()
            self.send_response(403)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET  # noqa: N815

        def log_message(self, *_arguments: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def shown(command: list[str], environment: dict[str, str]) -> bytes:
    """What a program writes to the terminal that it runs in."""
    terminal, program = pty.openpty()
    with subprocess.Popen(
        command, stdin=program, stdout=program, stderr=program, env=environment, cwd=ROOT
    ) as process:
        os.close(program)
        written = bytearray()
        while True:
            try:
                written += os.read(terminal, 65536)
            except OSError:  # the program has closed it
                break
    os.close(terminal)
    assert process.returncode == 0, written.decode(errors="replace")
    return bytes(written)


def test_a_terminal_gets_no_control_character_of_others(
    pair: Pair, source: Options, destination: Options, hostile_server: str, tmp_path: Path
) -> None:
    pair.source.put(pair.name, PAINT, b"1")
    pair.source.put(pair.name, f"large {PAINT}", b"", {"X-Object-Manifest": "elsewhere/s/"})
    pair.destination.put(pair.name, f"extra {PAINT}", b"1")
    both = {
        "source": {**source, "container": pair.name},
        "destination": {**destination, "container": pair.name},
        "state_dir": str(tmp_path / "state"),
    }
    both_containers = {side: both[side] for side in ("source", "destination")}
    names = tmp_path / "names"
    names.write_text(f"{PAINT}\nlost//{PAINT}\nmissing\n")
    login = {"auth_url": f"{hostile_server}/auth/v1.0", "username": "u", "password": "p"}
    calls: list[tuple[str, dict[str, Any], bool]] = [
        ("swift_sync", both, True),
        ("swift_sync", {**both, "prune": True, "max_delete": "100%"}, False),
        ("swift_compare", {**both, "level": "content"}, False),
        ("swift_auth", {"auth_type": "v1password", "auth": login}, False),
        ("swift_auth", {"auth": {**login, "auth_url": f"{hostile_server}/v3"}}, False),
        ("swift_sync", {**both, "segment_containers": ["elsewhere"]}, False),
        ("swift_names_info", {**source, "name": pair.name}, False),
        ("swift_catalogue", {**both_containers, "names": str(names), "s3": True}, False),
    ]
    tasks = [
        {
            f"fnndsc.swift_migration.{name}": given,
            "check_mode": check,
            "ignore_errors": True,
        }
        for name, given, check in calls
    ]
    here = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
    play = {"hosts": "localhost", "gather_facts": False, "vars": here, "tasks": tasks}
    playbook = tmp_path / "play.json"
    playbook.write_text(json.dumps([play]))
    controller = Controller(tmp_path / "home", {})
    for form in ("json", "yaml"):
        environment = {**controller.environment, "ANSIBLE_CALLBACK_RESULT_FORMAT": form}
        text = shown(["ansible-playbook", "-vvv", "--diff", str(playbook)], environment).decode()
        assert text.count("all fine") > 5
        assert "ignored=" in text
        raw = {c for c in text if not c.isprintable()} - {"\r", "\n", "\t"}
        assert raw == set(), [line for line in text.splitlines() if raw & set(line)][:5]
