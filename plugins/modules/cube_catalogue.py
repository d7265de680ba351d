# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Write the names of all files that CUBE knows into a file."""

from __future__ import annotations

DOCUMENTATION = r"""
module: cube_catalogue
short_description: Write the names of all files that CUBE's database knows into a file
version_added: 0.1.0
author:
  - fnndsc.swift_migration contributors (@FNNDSC)
description:
  - Asks CUBE's database by C(psql), in a transaction that can write nothing, which works while CUBE
    is stopped, too. If that fails and CUBE runs, asks it by the Python of one of CUBE's services.
  - Knows the tables of every CUBE since 2022.
  - The file is for M(fnndsc.swift_migration.swift_catalogue). It holds names, which may be the
    names of patients. Only the user who runs the module may read it. Remove it after its use.
extends_documentation_fragment:
  - fnndsc.swift_migration.cube
  - fnndsc.swift_migration.attributes
attributes:
  check_mode:
    support: full
    details: It writes the file in check mode, too, as nothing can be looked at without it.
  diff_mode:
    support: none
  action_group:
    support: full
    membership:
      - fnndsc.swift_migration.cube
options:
  path:
    description: The file. An existing one of this user is overwritten.
    type: path
    required: true
  required:
    description:
      - Whether it is a failure in RV(checks) that the database cannot be asked. Otherwise it is a
        warning. The module itself does not fail.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Write down which files CUBE knows
  fnndsc.swift_migration.cube_catalogue:
    deployment: compose
    settings:
      directory: /opt/chris
      database_service: db
    path: /var/lib/migration/cube-files
"""

RETURN = r"""
asked:
  description: Whether the database could be asked, so that there is a file.
  returned: success
  type: bool
  sample: true
known:
  description: How many files it knows.
  returned: when the database could be asked
  type: int
  sample: 278086
way:
  description: V(psql), or V(django) for CUBE's own Python, which works only while CUBE runs.
  returned: when the database could be asked
  type: str
  sample: psql
path:
  description: The file.
  returned: success
  type: str
  sample: /var/lib/migration/cube-files
checks:
  description: What was found, with C(name), C(verdict) (V(ok), V(warning) or V(failure)), C(seen)
    and C(remedy).
  returned: success
  type: list
  elements: dict
  sample:
    - name: CUBE's database
      verdict: ok
      seen: it knows 278,086 files
      remedy: ""
"""

from pathlib import Path
from typing import Any

from ansible_collections.fnndsc.swift_migration.plugins.module_utils._check import (
    OK,
    WARNING,
    Check,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.known_files import (
    write_known_files,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube_params import (
    cube_options,
    storage_switch,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._module import Module

NAME = "CUBE's database"


def run(module: Module) -> dict[str, Any]:
    """Write the file, and tell how that went."""
    params = module.params
    deployment = storage_switch(module).deployed
    result: dict[str, Any] = {"changed": False, "path": params["path"]}
    try:
        known = write_known_files(deployment, Path(params["path"]))
    except MigrationError as error:
        check = Check.failed(NAME, error)
        if not params["required"]:
            check = Check(
                NAME, WARNING, f"nobody can tell which files CUBE knows: {check.seen}", check.remedy
            )
        return {**result, "asked": False, "checks": [check.to_dict()]}
    check = Check(NAME, OK, f"it knows {known.count:,} files")
    told = {"asked": True, "known": known.count, "way": known.way}
    return {**result, **told, "checks": [check.to_dict()]}


def main() -> None:
    """Run the module."""
    module = Module(
        argument_spec={
            **cube_options(),
            "path": {"type": "path", "required": True},
            "required": {"type": "bool", "default": False},
        },
        supports_check_mode=True,
    )
    try:
        result = run(module)
    except MigrationError as error:
        module.fail_json(msg=str(error))
    module.exit_json(**result)


if __name__ == "__main__":
    main()
