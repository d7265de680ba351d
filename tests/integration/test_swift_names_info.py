# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Names that django-storages changes, in a container of a real Swift and by the library itself."""

from __future__ import annotations

import json
import subprocess

from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.django_name import (
    django_name,
)

from tests.cube.deployment import PACKAGES
from tests.dataset.client import Client
from tests.integration.conftest import Options, RunModule
from tests.unit.plugins.module_utils._cube.test_django_name import CHANGED, KEPT

LIBRARY = """
import json, sys
from storages.utils import clean_name, safe_join
print(json.dumps([safe_join("", clean_name(name)) for name in json.load(sys.stdin)]))
"""


def test_the_library_makes_the_same_of_names() -> None:
    PACKAGES.ensure()
    names = [*KEPT, *CHANGED, "a/b/../c//./d\\e/", "/..//a/", "\\a", "a/\\/b"]
    told = subprocess.run(
        [str(PACKAGES.python), "-c", LIBRARY],
        input=json.dumps(names),
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(told.stdout) == [django_name(name) for name in names]


def test_the_names_of_a_container_are_counted(
    run_module: RunModule, source: Options, source_client: Client, container: str
) -> None:
    source_client.put_container(container)
    for name in ("a/b", "a//b", "a\\b"):
        source_client.put(container, name, b"")
    result = run_module("swift_names_info", {**source, "name": container, "most": 1})
    assert (result["changed"], result["objects"], result["changed_names"]) == (False, 3, 2)
    assert result["names"] == ["a//b"]
    missing = run_module("swift_names_info", {**source, "name": "no-such-container"})
    assert "'no-such-container' does not exist" in missing["msg"]
