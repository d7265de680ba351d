# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Give CUBE and pfcon the environment of the new storage, or of the old one again."""

from __future__ import annotations

DOCUMENTATION = r"""
module: cube_environment
short_description: Switch the environment of CUBE and pfcon to the new storage, and back
version_added: 0.1.0
author:
  - fnndsc.swift_migration contributors (@FNNDSC)
description:
  - Writes the storage variables into the env files. Each other line stays as it is, and a dated
    copy with mode V(0600) is made beside each file before it changes.
  - Where a variable stands in C(environment:) of a compose file, which wins over env files, an
    override file of its own is written, with mode V(0600).
  - It remembers, in a file without secrets, which copies hold the old values, and brings back
    those, and only those, with O(state=old).
extends_documentation_fragment:
  - fnndsc.swift_migration.cube
  - fnndsc.swift_migration.attributes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
    details: The names of the variables are shown, their values never.
  action_group:
    support: full
    membership:
      - fnndsc.swift_migration.cube
options:
  state:
    description: Which storage CUBE and pfcon use from now on.
    type: str
    choices: [new, old]
    required: true
  remove_unused:
    description: Whether the variables in O(names) that are not set are removed.
    type: bool
    default: false
  backups_kept:
    description: How many copies of each env file are kept, beside those that O(state=old) needs.
    type: int
    default: 5
"""

EXAMPLES = r"""
- name: Point CUBE at the new storage
  fnndsc.swift_migration.cube_environment:
    deployment: compose
    settings:
      directory: /opt/chris
    env_files: [/opt/chris/secrets.env]
    variables: "{{ new_storage_variables }}"
    names: "{{ new_storage_variables.keys() | list }}"
    state: new
"""

RETURN = r"""
files:
  description: For each env file the names of its variables that were added, changed and removed.
  returned: success
  type: dict
  sample:
    /opt/chris/secrets.env:
      added: [S3_SECRET_KEY]
      changed: [STORAGE_ENV]
      removed: []
override:
  description: The override file, and whether it was changed.
  returned: success
  type: dict
  sample:
    path: /opt/chris/compose.override.yml
    changed: false
notice:
  description: What is to be heeded from now on, when the override is not loaded by itself.
  returned: when there is such a thing
  type: str
"""

from typing import Any

from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.env_files import (
    EnvFileChange,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube_params import (
    cube_options,
    storage_switch,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._module import Module


def outline(change: EnvFileChange) -> dict[str, str]:
    """A diff of names."""
    done = change.edit
    before = [f"{name}=(hidden)\n" for name in (*done.changed, *done.removed)]
    after = [f"{name}=(hidden, changed)\n" for name in done.changed]
    after += [f"{name}=(hidden, added)\n" for name in done.added]
    return {
        "before_header": str(change.path),
        "after_header": str(change.path),
        "before": "".join(before),
        "after": "".join(after),
    }


def run(module: Module) -> dict[str, Any]:
    """Switch the environment, and tell what was changed."""
    params = module.params
    switch = storage_switch(
        module, remove_unused=params["remove_unused"], kept=params["backups_kept"]
    )
    changes, override = switch.switch_to_new() if params["state"] == "new" else switch.restore_old()
    for change in changes:
        if change.private_mode is not None:
            becomes = "would become" if module.check_mode else "has become"
            module.warn(
                f"every user of the host could read {change.path}, which gets secrets: its mode "
                f"{becomes} {change.private_mode:04o}"
            )
    deployment = switch.deployment
    path = deployment.override_path() if deployment is not None else None
    notice = deployment.notice if deployment is not None else None
    return {
        **({"notice": notice} if notice else {}),
        "changed": override or any(change.changed for change in changes),
        "files": {
            str(change.path): {
                "added": change.edit.added,
                "changed": change.edit.changed,
                "removed": change.edit.removed,
            }
            for change in changes
        },
        "override": {"path": str(path) if path else None, "changed": override},
        "diff": [outline(change) for change in changes if change.changed],
    }


def main() -> None:
    """Run the module."""
    module = Module(
        argument_spec={
            **cube_options(),
            "state": {"type": "str", "choices": ["new", "old"], "required": True},
            "remove_unused": {"type": "bool", "default": False},
            "backups_kept": {"type": "int", "default": 5},
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
