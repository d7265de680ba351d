# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Ansible module swift_fence."""

from __future__ import annotations

DOCUMENTATION = r"""
module: swift_fence
short_description: Let a container refuse new objects for a while
version_added: 0.1.0
description:
  - Sets the quotas of a container to zero, so that it refuses what a forgotten program writes to it
    during a cutover. What is there can still be read and deleted.
  - The quotas that stood before are kept in the container's metadata, and come back with
    O(state=absent).
  - A Swift minds a new quota after its cache has expired, a minute by default.
extends_documentation_fragment:
  - fnndsc.swift_migration.attributes
  - fnndsc.swift_migration.connection
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
options:
  name:
    description: Name of the container. One that does not exist needs no fence.
    type: str
    required: true
  state:
    description: V(present) raises the fence, V(absent) lifts it.
    type: str
    choices: [present, absent]
    default: present
seealso:
  - module: fnndsc.swift_migration.migration_phase
  - module: fnndsc.swift_migration.swift_container
author:
  - fnndsc.swift_migration contributors (@FNNDSC)
"""

EXAMPLES = r"""
- name: Let the old container refuse what stragglers write
  fnndsc.swift_migration.swift_fence:
    auth_type: v1password
    auth:
      auth_url: http://swift.example.org:8080/auth/v1.0
      username: chris:chris1234
      password: "{{ vault_old_swift_key }}"
    name: users

- name: Let it take objects again
  fnndsc.swift_migration.swift_fence:
    cloud: old
    name: users
    state: absent
"""

RETURN = r"""
fenced:
  description: Whether the container refuses new objects now. In check mode, whether it would.
  returned: success
  type: bool
  sample: true
"""

from ansible_collections.fnndsc.swift_migration.plugins.module_utils._argspec import (
    connection_options,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cloud.connection import (
    Connection,
    ConnectionOptions,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.write_fence import (
    lift_fence,
    raise_fence,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._module import Module
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.container import (
    Container,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.container_name import (
    check_name,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.swift_client import (
    SwiftClient,
)


def main() -> None:
    """Run the module."""
    module = Module(
        argument_spec={
            "name": {"type": "str", "required": True},
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
            **connection_options(),
        },
        supports_check_mode=True,
    )
    alter = raise_fence if module.params["state"] == "present" else lift_fence
    try:
        check_name(module.params["name"])
        connection = Connection(ConnectionOptions.from_params(module.params))
        container = Container(SwiftClient(connection), module.params["name"])
        change = alter(container, check_mode=module.check_mode)
    except MigrationError as error:
        module.fail_json(msg=str(error))
    module.exit_json(changed=change.changed, fenced=change.fenced, diff=change.diff())


if __name__ == "__main__":
    main()
