# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Ansible module swift_names_info."""

from __future__ import annotations

DOCUMENTATION = r"""
module: swift_names_info
short_description: Tell which names of objects django-storages would change
version_added: 0.1.0
description:
  - Over the S3 API, CUBE reads its files with django-storages, which takes names for paths. It asks
    for C(a/b) when a file is called C(a//b), C(a/./b), C(/a/b) or C(a\b), and gives another file's
    bytes, or none. Over Swift's API names stay as they are.
  - Reads the listing of a container, and counts such names.
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
  name:
    description: Name of the container.
    type: str
    required: true
  most:
    description: How many names are told.
    type: int
    default: 20
author:
  - fnndsc.swift_migration contributors (@FNNDSC)
seealso:
  - module: fnndsc.swift_migration.swift_container_info
"""

EXAMPLES = r"""
- name: See whether CUBE could read all files over S3
  fnndsc.swift_migration.swift_names_info:
    auth_type: v1password
    auth:
      auth_url: http://swift.example.org:8080/auth/v1.0
      username: chris:chris1234
      password: "{{ vault_old_swift_key }}"
    name: users
"""

RETURN = r"""
objects:
  description: How many objects the container has.
  returned: success
  type: int
  sample: 278086
changed_names:
  description: How many of their names django-storages would change.
  returned: success
  type: int
  sample: 2
names:
  description: The first of these names.
  returned: success
  type: list
  elements: str
  sample: [chris/uploads//scan.dcm]
"""

from typing import Any

from ansible_collections.fnndsc.swift_migration.plugins.module_utils._argspec import (
    connection_options,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cloud.connection import (
    Connection,
    ConnectionOptions,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.django_name import (
    ChangedNames,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._module import Module
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.container import (
    Container,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.container_name import (
    check_name,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.parallel_listing import (
    container_listing,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.swift_client import (
    SwiftClient,
)


def look(params: dict[str, Any]) -> ChangedNames:
    """Read the listing."""
    check_name(params["name"])
    connection = Connection(ConnectionOptions.from_params(params))
    container = Container(SwiftClient(connection), params["name"])
    stat = container.stat()
    if stat is None:
        raise container.missing()
    entries = container_listing(
        lambda: Container(SwiftClient(connection), params["name"]), "", stat.objects
    )
    return ChangedNames.among((entry.name for entry in entries), params["most"])


def main() -> None:
    """Run the module."""
    module = Module(
        argument_spec={
            "name": {"type": "str", "required": True},
            "most": {"type": "int", "default": 20},
            **connection_options(),
        },
        supports_check_mode=True,
    )
    try:
        found = look(module.params)
    except MigrationError as error:
        module.fail_json(msg=str(error))
    module.exit_json(
        changed=False, objects=found.objects, changed_names=found.changed, names=found.names
    )


if __name__ == "__main__":
    main()
