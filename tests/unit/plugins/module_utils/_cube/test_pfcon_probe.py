# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The program that asks CUBE's database for its pfcons, with a stand-in for Django."""

from __future__ import annotations

import inspect
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube import pfcon_probe

DJANGO = """
import os
def setup():
    print("settings", os.environ.get("DJANGO_SETTINGS_MODULE"))
"""
APPS = """
class Objects(list):
    def filter(self, compute_innetwork):
        return Objects(row for row in self if row[2] == compute_innetwork)
    def values_list(self, *names):
        assert names == ("name", "compute_url")
        return [row[:2] for row in self]
class Prefixes:
    def values_list(name, flat):
        assert (name, flat) == ("job_id_prefix", True)
        return PREFIXES
class Instance:
    objects = Prefixes
class apps:
    def get_model(app, model):
        if (app, model) == ("core", "ChrisInstance"):
            if PREFIXES is None:
                raise LookupError(app)
            return Instance
        assert (app, model) == ("plugins", "ComputeResource")
        return apps
    objects = Objects(ROWS)
"""


@pytest.fixture
def pfcon() -> Iterator[str]:
    class NoLogin(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_error(401)

        def log_message(self, *_arguments: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), NoLogin) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/api/v1/"
        server.shutdown()


def ask(
    folder: Path, rows: list[Any], prefixes: list[str] | None = None, **environment: str
) -> tuple[dict[str, Any], str]:
    """What the program answers in a folder of CUBE's, and what it printed before."""
    package = folder / "django"
    package.mkdir()
    (package / "__init__.py").write_text(DJANGO)
    (package / "apps.py").write_text(
        APPS.replace("ROWS", repr(rows)).replace("PREFIXES", repr(prefixes))
    )
    done = subprocess.run(
        [sys.executable, "-"],
        input=inspect.getsource(pfcon_probe),
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    before, _newline, answer = done.stdout.rstrip("\n").rpartition("\n")
    return json.loads(answer), before


def test_those_that_store_files_are_told_with_their_answers(tmp_path: Path, pfcon: str) -> None:
    rows = [("host", pfcon, True), ("gone", "nonsense", True), ("remote", pfcon, False)]
    answer, before = ask(tmp_path, rows, DJANGO_SETTINGS_MODULE="config.production")
    assert answer == {
        "pfcons": [
            {"name": "host", "url": pfcon, "answer": "401"},
            {"name": "gone", "url": "nonsense", "answer": "unknown url type: 'nonsense'"},
        ],
        "job_prefix": "",
    }
    assert before.rstrip() == "settings config.production"


def test_the_settings_are_those_that_manage_py_names(tmp_path: Path) -> None:
    (tmp_path / "manage.py").write_text(
        "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'config.local')\n"
    )
    answer, before = ask(tmp_path, [])
    assert answer == {"pfcons": [], "job_prefix": ""}
    assert before.rstrip() == "settings config.local"


@pytest.mark.parametrize(("prefixes", "told"), [(["lab-"], "lab-"), ([], "")])
def test_the_begin_of_the_names_of_jobs_is_told(
    tmp_path: Path, prefixes: list[str], told: str
) -> None:
    answer, _before = ask(tmp_path, [], prefixes, DJANGO_SETTINGS_MODULE="config.local")
    assert answer["job_prefix"] == told


def test_what_goes_wrong_is_told_by_its_kind_alone(tmp_path: Path) -> None:
    assert ask(tmp_path, [])[0] == {"error": "FileNotFoundError"}  # there is no manage.py
