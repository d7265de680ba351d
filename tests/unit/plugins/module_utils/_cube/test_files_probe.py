# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The program that asks CUBE's models for their files, with a stand-in for Django."""

from __future__ import annotations

import base64
import gzip
import inspect
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube import files_probe

DJANGO = """
import os
def setup():
    print("settings", os.environ.get("DJANGO_SETTINGS_MODULE"))
"""
MODELS = """
class Field:
    name = "id"
class FileField(Field):
    name = "fname"
"""
APPS = """
from types import SimpleNamespace as Made
from django.db.models import Field, FileField
def model(names, proxy=False, fields=(Field(), FileField())):
    def values_list(name, flat):
        assert (name, flat) == ("fname", True)
        return Made(iterator=lambda: iter(names))
    return Made(
        _meta=Made(local_fields=fields, proxy=proxy), _base_manager=Made(values_list=values_list)
    )
class apps:
    def get_models():
        MODELS
"""


def ask(folder: Path, models: str, **environment: str) -> tuple[dict[str, Any], str]:
    """What the program answers in a folder of CUBE's, and what it printed before."""
    (folder / "django" / "db").mkdir(parents=True)
    (folder / "django" / "__init__.py").write_text(DJANGO)
    (folder / "django" / "apps.py").write_text(APPS.replace("MODELS", models))
    (folder / "django" / "db" / "__init__.py").write_text("")
    (folder / "django" / "db" / "models.py").write_text(MODELS)
    done = subprocess.run(
        [sys.executable, "-"],
        input=inspect.getsource(files_probe),
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    before, _line, last = done.stdout.rstrip().rpartition("\n")
    return json.loads(last), before


def names(told: dict[str, Any]) -> list[str]:
    lines = gzip.decompress(base64.b64decode(told["names"])).decode().splitlines()
    assert told["count"] == len(lines)
    return [bytes.fromhex(line).decode() for line in lines]


def test_the_names_of_all_models_come_in_order_and_each_once(tmp_path: Path) -> None:
    models = r"return [model(['b\n', 'a', '', None]), model(['ü', 'a']), model([], fields=())]"
    told, before = ask(tmp_path, models, DJANGO_SETTINGS_MODULE="config.settings.production")
    assert names(told) == ["a", "b\n", "ü"]
    assert before.strip() == "settings config.settings.production"


def test_a_proxy_is_no_model_of_its_own(tmp_path: Path) -> None:
    told, _before = ask(
        tmp_path, "return [model(['a']), model(['b'], proxy=True)]", DJANGO_SETTINGS_MODULE="s"
    )
    assert names(told) == ["a"]


def test_where_nothing_names_the_settings_manage_py_does(tmp_path: Path) -> None:
    (tmp_path / "manage.py").write_text(
        'os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")\n'
    )
    _told, before = ask(tmp_path, "return []")
    assert before.strip() == "settings config.settings.local"


@pytest.mark.parametrize("models", ["raise ValueError('s3cret')", "return [model([1])]"])
def test_of_an_error_only_its_kind_is_told(tmp_path: Path, models: str) -> None:
    told, _before = ask(tmp_path, models, DJANGO_SETTINGS_MODULE="s")
    assert list(told) == ["error"]
    assert told["error"] in ("ValueError", "AttributeError")
