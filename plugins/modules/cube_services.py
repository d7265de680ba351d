# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Stop and start the services of CUBE."""

from __future__ import annotations

DOCUMENTATION = r"""
module: cube_services
short_description: Stop and start the services of CUBE and pfcon
version_added: 0.1.0
author:
  - fnndsc.swift_migration contributors (@FNNDSC)
description:
  - Stops all services of a CUBE and its pfcon, so that they stay stopped when the host reboots,
    and makes sure that none is left, nor any job that pfcon has started; or starts them with the
    environment that is configured now.
extends_documentation_fragment:
  - fnndsc.swift_migration.cube
  - fnndsc.swift_migration.attributes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: none
  action_group:
    support: full
    membership:
      - fnndsc.swift_migration.cube
options:
  state:
    description: Whether the services are stopped or started.
    type: str
    choices: [started, stopped]
    required: true
  timeout:
    description:
      - Seconds that the services get to finish what they do, and again to disappear.
      - In this second time pfcon's jobs have to end, too. They go on when pfcon is stopped, and may
        write. None is killed; if one still runs then, the module fails and names it.
    type: int
    default: 300
"""

EXAMPLES = r"""
- name: Stop CUBE
  fnndsc.swift_migration.cube_services:
    deployment: compose
    settings:
      directory: /opt/chris
    state: stopped
"""

RETURN = r"""
before:
  description: The services that ran before.
  returned: success
  type: list
  elements: str
  sample: [chris, worker]
jobs:
  description: pfcon's jobs that ran before.
  returned: success and O(state=stopped)
  type: list
  elements: str
  sample: [chris-jid-14-upload]
running:
  description: The services that run now.
  returned: success
  type: list
  elements: str
  sample: []
"""

from typing import Any

from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.deployment import (
    due,
    stop_and_confirm,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube_params import (
    cube_options,
    storage_switch,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._module import Module


def stop(module: Module) -> dict[str, Any]:
    """Stop the services, and tell which ran."""
    deployment = storage_switch(module).deployed
    before, jobs = deployment.running(), deployment.jobs()
    changed = bool(before) or not deployment.will_not_restart()
    if not module.check_mode:
        stop_and_confirm(deployment, module.params["timeout"])
    return {"changed": changed, "before": before, "jobs": jobs, "running": []}


def start(module: Module) -> dict[str, Any]:
    """Start the services, and tell which were started."""
    deployment = storage_switch(module).deployed
    before = deployment.running()
    if module.check_mode:
        changed = bool(due(deployment))
        return {"changed": changed, "before": before, "running": list(deployment.services)}
    changed = deployment.start()
    return {"changed": changed, "before": before, "running": deployment.running()}


def main() -> None:
    """Run the module."""
    module = Module(
        argument_spec={
            **cube_options(),
            "state": {"type": "str", "choices": ["started", "stopped"], "required": True},
            "timeout": {"type": "int", "default": 300},
        },
        supports_check_mode=True,
    )
    try:
        result = stop(module) if module.params["state"] == "stopped" else start(module)
    except MigrationError as error:
        module.fail_json(msg=str(error))
    module.exit_json(**result)


if __name__ == "__main__":
    main()
