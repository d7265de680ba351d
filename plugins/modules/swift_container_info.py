# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Ansible module swift_container_info."""

from __future__ import annotations

DOCUMENTATION = r"""
module: swift_container_info
short_description: Tell what containers hold and how they are set
version_added: 0.1.0
description:
  - Reads number and size of the objects, access control, quotas and metadata of containers of
    OpenStack Swift or Ceph, and the totals and quota of the account.
  - Swift brings its counts up to date with a delay of seconds.
extends_documentation_fragment:
  - fnndsc.swift_migration.attributes
  - fnndsc.swift_migration.connection
attributes:
  check_mode:
    support: full
    details: It changes nothing in any mode.
  diff_mode:
    support: N/A
    details: It changes nothing.
options:
  names:
    description: Names of containers. It is no error if one does not exist.
    type: list
    elements: str
    default: []
author:
  - fnndsc.swift_migration contributors (@FNNDSC)
seealso:
  - module: fnndsc.swift_migration.swift_container
"""

EXAMPLES = r"""
- name: Ask how much there is to migrate
  fnndsc.swift_migration.swift_container_info:
    auth_type: v1password
    auth:
      auth_url: http://swift.example.org:8080/auth/v1.0
      username: chris:chris1234
      password: "{{ vault_old_swift_key }}"
    names:
      - users
      - users_segments
  register: old

- name: Show it
  ansible.builtin.debug:
    msg: "{{ item.name }}: {{ item.objects }} objects, {{ item.bytes | human_readable }}"
  loop: "{{ old.containers | selectattr('exists') }}"
  loop_control:
    label: "{{ item.name }}"
"""

RETURN = r"""
containers:
  description: The containers, in the order of O(names).
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: Name of the container.
      returned: always
      type: str
      sample: cube_users
    exists:
      description: Whether the container exists.
      returned: always
      type: bool
      sample: true
    objects:
      description: Number of objects.
      returned: always
      type: int
      sample: 278086
    bytes:
      description: Size of the objects. Ceph counts a static large object with the size of its
        manifest only.
      returned: always
      type: int
      sample: 138236724019
    read_acl:
      description: Who may read beside the account's own users. Empty for nobody.
      returned: always
      type: str
      sample: ''
    write_acl:
      description: Who may write beside the account's own users. Empty for nobody.
      returned: always
      type: str
      sample: ''
    quota_bytes:
      description: Largest size in bytes. Null for no limit.
      returned: always
      type: int
      sample: 214748364800
    quota_count:
      description: Largest number of objects. Null for no limit.
      returned: always
      type: int
      sample: 1000000
    metadata:
      description: The container's metadata without quotas and keys of temporary URLs. The names
        begin each word with a capital letter, whatever they were set with.
      returned: always
      type: dict
      sample:
        Migration-Phase: copying
    storage_policy:
      description: Storage policy. Null if the server does not tell.
      returned: always
      type: str
      sample: default
    versioning:
      description: Whether old versions of objects are kept.
      returned: always
      type: bool
      sample: false
    identity:
      description: What tells the container from any other, by whatever address it is reached. Empty
        if it does not exist.
      returned: always
      type: str
      sample: AUTH_chris/users@1600000000.12345
storage_url:
  description: The account's URL, as the login has given it.
  returned: success
  type: str
  sample: http://swift.example.org:8080/v1/AUTH_chris
account:
  description: The account as a whole. All values are null for a login that may use containers
    of it only.
  returned: success
  type: dict
  contains:
    bytes:
      description: Size of all objects.
      returned: always
      type: int
      sample: 138236724019
    objects:
      description: Number of all objects.
      returned: always
      type: int
      sample: 278086
    containers:
      description: Number of containers.
      returned: always
      type: int
      sample: 2
    quota_bytes:
      description: Largest size of the account in bytes. Null for no limit.
      returned: always
      type: int
      sample: 1099511627776
"""

import dataclasses
from typing import Any

from ansible_collections.fnndsc.swift_migration.plugins.module_utils._argspec import (
    connection_options,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cloud.connection import (
    Connection,
    ConnectionOptions,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._container_identity import (
    identity,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._module import Module
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.account import Account
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.container_settings import (
    ContainerState,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.managed_container import (
    ManagedContainer,
)


def describe(params: dict[str, Any]) -> dict[str, Any]:
    """Ask for the containers and the account."""
    connection = Connection(ConnectionOptions.from_params(params))
    return {
        "containers": [
            {**state.describe(name), "identity": identity_of(connection, name, state)}
            for name in params["names"]
            for state in (ManagedContainer(connection, name).state(),)
        ],
        "storage_url": connection.storage_url,
        "account": dataclasses.asdict(Account.of(connection)),
    }


def identity_of(connection: Connection, name: str, state: ContainerState) -> str:
    """What tells the container from any other; empty if there is none."""
    return identity(connection.storage_url, name, state.created) if state.exists else ""


def main() -> None:
    """Run the module."""
    module = Module(
        argument_spec={
            "names": {"type": "list", "elements": "str", "default": []},
            **connection_options(),
        },
        supports_check_mode=True,
    )
    try:
        module.exit_json(changed=False, **describe(module.params))
    except MigrationError as error:
        module.fail_json(msg=str(error))


if __name__ == "__main__":
    main()
