# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What the modules for CUBE's services make of their parameters."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible.module_utils.testing import patch_module_args
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.storage_switch import (
    Program,
    StorageSwitch,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube_params import (
    cube_options,
    storage_switch,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._module import HIDDEN, Module


def module(**params: Any) -> Module:
    with patch_module_args(params):
        return Module(argument_spec=cube_options(), supports_check_mode=True)


def composed(folder: Path, **settings: Any) -> StorageSwitch:
    settings = {"directory": str(folder), **settings}
    return storage_switch(module(deployment="compose", settings=settings))


def test_the_values_go_to_the_programs_and_out_of_what_is_printed(tmp_path: Path) -> None:
    cube, pfcon = tmp_path / "cube.env", tmp_path / "pfcon.env"
    for path in (cube, pfcon):
        path.touch()
    given = module(
        env_files=[str(cube)],
        pfcon_env_files=[str(pfcon)],
        variables={"SWIFT_KEY": "a"},
        pfcon_variables={"SWIFT_KEY": "b"},
        _ansible_check_mode=True,
    )
    switch = storage_switch(given, remove_unused=True, kept=3)
    assert switch.cube == Program([cube], {"SWIFT_KEY": "a"})
    assert switch.pfcon == Program([pfcon], {"SWIFT_KEY": "b"})
    for option in ("variables", "pfcon_variables"):
        assert given.params[option] == {"SWIFT_KEY": HIDDEN}
    assert (switch.remove_unused, switch.kept, switch.check_mode) == (True, 3, True)
    assert switch.write == given.replace_file


@pytest.mark.parametrize(
    ("settings", "update"),
    [
        ({}, False),
        ({"update": "no"}, False),
        ({"update": "False"}, False),
        ({"update": "yes"}, True),
        ({"update": True}, True),
    ],
)
def test_whether_to_update_may_be_text_as_in_an_inventory(
    tmp_path: Path, settings: dict[str, Any], update: bool
) -> None:
    deployment: Any = composed(tmp_path, **settings).deployed
    assert deployment.update is update


def test_whether_to_update_is_either_true_or_false(tmp_path: Path) -> None:
    with pytest.raises(MigrationError) as caught:
        composed(tmp_path, update="maybe")
    assert str(caught.value) == (
        "cube_storage_compose.update: 'maybe' is neither true nor false. Write one of them."
    )
