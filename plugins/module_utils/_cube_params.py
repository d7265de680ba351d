# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The parameters of the modules for CUBE's services.

They are documented in the ``cube`` documentation fragment.
"""

from __future__ import annotations

from typing import Any

from ansible.module_utils.parsing.convert_bool import boolean

from ._cube import from_params
from ._cube.storage_switch import StorageSwitch
from ._errors import MigrationError
from ._module import Module

_FILES = {"type": "list", "elements": "path", "default": []}


def cube_options() -> dict[str, dict[str, Any]]:
    """The options that all of them take."""
    return {
        "deployment": {"type": "str", "choices": list(from_params.KINDS)},
        "settings": {"type": "dict", "default": {}},
        "env_files": dict(_FILES),
        "pfcon_env_files": dict(_FILES),
        "variables": {"type": "dict", "no_log": True, "default": {}},
        "pfcon_variables": {"type": "dict", "no_log": True, "default": {}},
        "names": {"type": "list", "elements": "str", "default": []},
        "memory": {"type": "path"},
    }


def storage_switch(module: Module, *, remove_unused: bool = False, kept: int = 1) -> StorageSwitch:
    """What the module's parameters describe; their secrets are out of what it may print.

    :param remove_unused: take the variables of the other backend out of the env files.
    :param kept: how many copies of each env file are kept.
    :raises MigrationError: an option is missing or has a value that cannot be right.
    """
    cube, pfcon = module.take_values("variables", "pfcon_variables")
    settings = module.params["settings"]
    if module.params["deployment"] and settings.get("update"):
        option = f"cube_storage_{module.params['deployment']}.update"
        settings = {**settings, "update": _truth(settings["update"], option)}
    return from_params.storage_switch(
        {**module.params, "settings": settings, "variables": cube, "pfcon_variables": pfcon},
        module.replace_file,
        check_mode=module.check_mode,
        remove_unused=remove_unused,
        kept=kept,
    )


def _truth(value: Any, option: str) -> bool:
    """Read what may be text, as an inventory in INI gives it."""
    try:
        return bool(boolean(value))
    except TypeError:
        raise MigrationError(
            f"'{value}' is neither true nor false", option=option, remedy="Write one of them"
        ) from None
