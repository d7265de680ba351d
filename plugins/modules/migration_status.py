# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Ansible module migration_status."""

from __future__ import annotations

DOCUMENTATION = r"""
module: migration_status
short_description: Tell how a migration stands
version_added: 0.1.0
description:
  - Asks both servers for one HEAD of a container each, reads what runs on this host have left in
    their state directory, and tells how far the migration is, who works on it, how the last runs
    ended, and what to do next.
  - No object is asked for, nothing is listed, and nothing is changed. What cannot be seen is told
    in RV(problems), and does not make the module fail.
extends_documentation_fragment:
  - fnndsc.swift_migration.attributes
  - fnndsc.swift_migration.pair
attributes:
  check_mode:
    support: full
  diff_mode:
    support: none
options:
  state_dir:
    description: Folder on the host that runs the module in which runs keep their state.
    type: path
    default: ~/.local/state/fnndsc.swift_migration
  cube:
    description:
      - What other tasks have found of CUBE, for each of its hosts. It decides what to do next.
      - C(running) lists the services that run, and C(storage) is as
        M(fnndsc.swift_migration.cube_storage_info) returns it; or C(problem) tells why nobody
        knows.
    type: dict
    default: {}
  controller_status:
    description: A file on the controller that gets what the module returns, as JSON, mode 0600.
    type: str
seealso:
  - module: fnndsc.swift_migration.migration_phase
  - module: fnndsc.swift_migration.swift_sync
author:
  - fnndsc.swift_migration contributors (@FNNDSC)
"""

EXAMPLES = r"""
- name: See how the migration stands
  fnndsc.swift_migration.migration_status:
    source: "{{ old_swift | combine({'container': 'users'}) }}"
    destination: "{{ nerc | combine({'container': 'cube_users'}) }}"
  register: status

- name: Show it
  ansible.builtin.debug:
    msg: "{{ status.lines }}"
"""

RETURN = r"""
phase:
  description: How far the migration is. Empty if there is none, or if nobody knows.
  returned: success
  type: str
  sample: copying
since:
  description: When the migration began, by the destination's clock.
  returned: success
  type: str
  sample: "2026-02-01T08:00:00.000000"
frozen:
  description: When the application was stopped, by the source's clock. Empty if it was not.
  returned: success
  type: str
  sample: ""
verified:
  description: When the destination was proved equal, by its own clock. Empty if it was not.
  returned: success
  type: str
  sample: ""
returned:
  description: When the application had gone back, by the destination's clock. Empty if it has not.
  returned: success
  type: str
  sample: ""
source:
  description: What the source's server counts, or the problem.
  returned: success
  type: dict
  sample: {container: users, exists: true, objects: 56445, bytes: 27380416512, problem: ""}
destination:
  description: What the destination's server counts, and the problem if there is one.
  returned: success
  type: dict
  sample: {container: cube-users, exists: true, objects: 23400, bytes: 12884901888, problem: ""}
lease:
  description: Who writes to the destination, from any host. None if nobody does.
  returned: success
  type: dict
  sample:
    owner: swift_sync on dmz, process 4711
    since: "2026-02-01T08:00:00.000000"
    until: "2026-02-01T08:12:00.000000"
runs:
  description:
    - The last copy, the last way back and the last comparison on this host, in the order in which
      they began. C(what) is the module's name.
    - C(goes_on) tells whether it still works, C(broken_off) whether it was killed, C(stopped)
      whether somebody has stopped it, and C(failed) whether it ended with an error. The rest is
      what its progress file holds.
  returned: success
  type: list
  elements: dict
  sample: []
proof:
  description: The last proof that was made on this host of these containers, in short.
  returned: success
  type: dict
  sample: {equal: true, complete: true, ended: "2026-02-01T09:00:00+00:00", level: content}
cube:
  description: What O(cube) tells, a host each.
  returned: success
  type: list
  elements: dict
  sample: [{host: chris, running: [chris, worker], storage: old, problem: ""}]
now:
  description: The time on this host, in seconds since 1970.
  returned: success
  type: float
  sample: 1769932800.0
problems:
  description: What could not be seen, and why.
  returned: success
  type: list
  elements: str
  sample: []
lines:
  description: All of that for people, a line each.
  returned: success
  type: list
  elements: str
  sample: ["phase         copying, since 2026-02-01 08:00:00 UTC"]
next:
  description: What to do next, a sentence each, with the command to type.
  returned: success
  type: list
  elements: str
  sample: ["To begin, type `ansible-playbook -i my-migration playbooks/migrate.yml`."]
"""

from collections.abc import Iterator
from typing import Any

from ansible_collections.fnndsc.swift_migration.plugins.module_utils._argspec import (
    progress_options,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.status import (
    Status,
    StatusOptions,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._module import Module
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._pair import (
    pair_from_params,
    pair_options,
)


def argument_spec() -> dict[str, Any]:
    """Give the module's argument specification."""
    return {
        **pair_options(),
        "state_dir": progress_options()["state_dir"],
        "cube": {"type": "dict", "default": {}},
        "controller_status": {"type": "str"},
    }


def main() -> None:
    """Run the module."""
    module = Module(argument_spec=argument_spec(), supports_check_mode=True)
    connections, given = pair_from_params(module.params)
    options = StatusOptions(given["source"], given["destination"], given["state_dir"])
    try:
        result = Status(*connections, options).result()
        module.check_legible(result["phase"], *_numbers(result))
    except MigrationError as error:
        module.fail_json(msg=str(error))
    unknown = {"running": [], "storage": "", "problem": ""}
    cube = [{"host": host, **unknown, **found} for host, found in given["cube"].items()]
    module.exit_json(**result, cube=cube)


def _numbers(value: Any) -> Iterator[float]:
    """All numbers of a result."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from _numbers(each)
    elif isinstance(value, (int, float)):
        yield value


if __name__ == "__main__":
    main()
