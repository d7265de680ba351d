# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What the role mover says of a Python that will not do; molecule makes a mover from nothing."""

from __future__ import annotations

import base64
import os
import re
import sys
import threading
import urllib.parse
import venv
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.integration.playbooks.controller import descendants
from tests.integration.played_role import PlayedRole

# A Python that takes itself for another one, then does as it is told: PYTHON -c CODE.
DISGUISE = """\
#!{python}
import importlib.util
import sys
{disguise}
exec(sys.argv[2])
"""
OLD = "sys.version_info = (3, 10, 12, 'final', 0)"
WITHOUT_VENV = "importlib.util.find_spec = lambda name: None if name == 'ensurepip' else name"


def disguised(folder: Path, disguise: str) -> str:
    folder.mkdir()
    script = folder / "python"
    script.write_text(DISGUISE.format(python=sys.executable, disguise=disguise))
    script.chmod(0o755)
    return str(script)


def test_what_will_not_do_is_refused_with_what_to_install(tmp_path: Path) -> None:
    old = disguised(tmp_path / "old-python", OLD)
    without_venv = disguised(tmp_path / "python-without-venv", WITHOUT_VENV)
    somebodys = tmp_path / "somebodys"
    venv.create(somebodys)
    occupied = tmp_path / "occupied"
    occupied.mkdir()
    (occupied / "thesis.tex").touch()
    before = sorted([*somebodys.rglob("*"), *occupied.rglob("*")])
    hosts: dict[str, dict[str, Any]] = {
        "old": {"mover_python": old},
        "without-venv": {"mover_python": without_venv},
        "none": {"mover_python": "python3.0"},
        "lacking": {"mover_install": False, "mover_venv": str(somebodys)},
        "nonexistent": {"mover_install": False, "mover_venv": "/nonexistent"},
        "somebodys": {"mover_venv": str(somebodys)},
        "occupied": {"mover_venv": str(occupied)},
    }
    parts = {
        "old": (f"mover_python: {old}", "older than 3.11. Install"),
        "without-venv": (f"mover_python: {without_venv}", "no venv module. Install"),
        "none": (
            "mover_python: python3.0 on none does not run",
            "apt install python3 python3-venv",
        ),
        "lacking": (
            "mover_venv",
            "lacks keystoneauth1 openstack pycurl swiftclient",
            "requirements/mover.txt",
        ),
        "nonexistent": ("has no working Python",),
        "somebodys": ("mover_venv: ", "is not empty, and none of this collection's roles made it"),
        "occupied": ("mover_venv: ", "is not empty, and none of this collection's roles made it"),
    }
    mover = PlayedRole(tmp_path / "home", "mover", mover_venv=str(tmp_path / "venv"))
    for check in (True, False):
        refused = mover.fail(hosts, check=check)
        for name, error in refused.errors.items():
            assert [part for part in parts[name] if part not in error] == [], name
        assert set(refused.changed.values()) == {0}
        assert not (tmp_path / "venv").exists()
        assert sorted([*somebodys.rglob("*"), *occupied.rglob("*")]) == before


def test_an_environment_of_somebody_else_will_do_and_an_index_out_of_reach_is_told_in_one_line(
    tmp_path: Path,
) -> None:
    mover = PlayedRole(tmp_path / "home", "mover")
    played = mover.play(
        {
            "somebodys": {"mover_install": False, "mover_venv": sys.prefix},
            "without-index": {
                "mover_venv": str(tmp_path / "venv"),
                "mover_python": sys.executable,
                "mover_pip_extra_args": ["--index-url=http://127.0.0.1:1/", "--retries=0"],
            },
        }
    )
    assert played.failed == {"without-index"}
    assert played.changed["somebodys"] == 0
    error = played.errors["without-index"]
    assert "mover_pip_extra_args" in error
    assert "\n" not in error
    assert [stamp.read_text() for stamp in (tmp_path / "venv").glob("*.sha256")] == [""]


ODD = "Pw1kq\\Pw2kq'Pw3kq\"Pw4kq\tPw5kq  Pw6kqü"
"""Whatever of it is found, and however it is written, is found by ``PART``."""
PART = re.compile(r"Pw[1-6]kq")


class Index:
    """An index of packages that has none; it looks at all processes of this test when asked."""

    def __init__(self) -> None:
        self.logins: list[str] = []
        self.seen: list[str] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.logins.append(self.headers.get("Authorization", ""))
                for process in descendants(os.getpid()):
                    for name in ("cmdline", "environ"):
                        text = Path("/proc", str(process), name).read_text(errors="replace")
                        outer.seen.append(text)
                self.send_error(404)

            def log_message(self, *_arguments: Any) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        login = f"chris:{urllib.parse.quote(ODD, safe='')}"
        self.url = f"http://{login}@127.0.0.1:{self._server.server_port}/simple"


@pytest.mark.security
def test_the_password_of_an_index_is_given_to_pip_and_seen_nowhere(tmp_path: Path) -> None:
    index = Index()
    mover = PlayedRole(tmp_path / "home", "mover", mover_python=sys.executable)
    played = mover.play(
        {
            "secret": {
                "mover_venv": str(tmp_path / "venv"),
                "mover_pip_secret_args": [f"--index-url={index.url}"],
            },
            "argument": {
                "mover_venv": str(tmp_path / "none"),
                "mover_pip_extra_args": [f"--index-url={index.url}"],
            },
        },
        "-vvv",
        "--diff",
    )
    login = base64.b64encode(f"chris:{ODD}".encode("latin-1")).decode()
    assert set(index.logins) == {f"Basic {login}"}
    assert any("pip\0install" in text for text in index.seen)
    assert played.failed == {"secret", "argument"}
    assert "Could not find a version that satisfies the requirement" in played.output
    assert "Give it in mover_pip_secret_args" in played.output
    assert not PART.search(played.output)
    assert [text for text in index.seen if PART.search(text)] == []
    files = (path for path in tmp_path.rglob("*") if path.is_file() and not path.is_symlink())
    holding = {path.name for path in files if PART.search(path.read_bytes().decode("latin-1"))}
    assert holding == {"hosts.yml"}  # the user's own inventory
