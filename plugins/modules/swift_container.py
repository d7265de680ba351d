# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Ansible module swift_container."""

from __future__ import annotations

DOCUMENTATION = r"""
module: swift_container
short_description: Make, change or delete a container
version_added: 0.1.0
description:
  - Makes sure that a container of OpenStack Swift or Ceph is there with certain settings, or is not
    there.
  - Settings and metadata that are not named stay as they are.
  - With O(source), a container that an application uses since a cutover stays as it is, as
    M(fnndsc.swift_migration.migration_phase) tells.
extends_documentation_fragment:
  - fnndsc.swift_migration.attributes
  - fnndsc.swift_migration.connection
  - fnndsc.swift_migration.filled_from
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
    details: Shows the settings before and after, not the objects.
options:
  name:
    description:
      - Name of the container. 1 to 256 bytes of UTF-8 without a slash.
      - In some clouds, NERC's among them, it must be unique among all users.
    type: str
    required: true
  state:
    description:
      - V(present) makes the container if it is missing and sets what is given.
      - V(absent) deletes it. One that holds objects is deleted only with O(force=true).
    type: str
    choices:
      - present
      - absent
    default: present
  read_acl:
    description:
      - Who may read beside the account's own users, V(.r:*,.rlistings) for everybody for example.
      - Empty for nobody. A new container is private unless this is given.
    type: str
  write_acl:
    description: Who may write beside the account's own users. Empty for nobody.
    type: str
  quota_bytes:
    description:
      - Largest size of the container in bytes. V(0) for no limit.
      - Ceph keeps it and does not show it, so check mode counts it as a change each time there, and
        a run does not.
    type: int
  quota_count:
    description: Largest number of objects in the container. V(0) for no limit.
    type: int
  metadata:
    description:
      - Metadata to set. Letters, digits and hyphens make a name; case does not matter.
      - An empty value removes a name. Names that are not given stay.
    type: dict
  storage_policy:
    description: Storage policy of a new container. An existing one with another policy is an error,
      because a policy cannot be changed.
    type: str
  versioning:
    description: Whether old versions of objects are kept. Needs OpenStack Swift with object
      versioning.
    type: bool
  force:
    description:
      - Whether O(state=absent) deletes the objects of the container too.
      - Segments of large objects that are in another container stay there.
    type: bool
    default: false
  carry:
    description:
      - Which settings of O(source) this container takes over. What an option here names counts
        more, and what the source does not have stays as it is.
      - V(metadata) is its own metadata, V(cors) what browsers may do
        (C(X-Container-Meta-Access-Control-*)), V(web) the settings for static web pages
        (C(X-Container-Meta-Web-*)), V(quotas) its quotas, V(temp_url_keys) the keys of temporary
        URLs, which are secrets, and V(versioning) that old versions of objects are kept from now
        on. The old versions themselves stay where they are.
      - A setting that has another value here stays if somebody has set it by hand. One that was
        taken over before follows O(source); C(X-Container-Meta-Migration-Carried) remembers which
        these are, but for keys. A quota of V(0) is never taken over.
      - What is not taken over is told in RV(not_carried). That includes who else may use the
        container, which O(read_acl) and O(write_acl) give.
    type: list
    elements: str
    choices:
      - metadata
      - cors
      - web
      - quotas
      - temp_url_keys
      - versioning
    default:
      - metadata
      - cors
      - web
    version_added: 0.1.0
  option_prefix:
    description: What the names of options begin with in an error about O(source) that does not
      fit. A role gives what the names of its variables begin with.
    type: str
    default: ''
  quota_remedy:
    description: Where more quota is asked for. An error about the account's quota ends with it.
    type: str
    default: ''
author:
  - fnndsc.swift_migration contributors (@FNNDSC)
seealso:
  - module: fnndsc.swift_migration.swift_container_info
"""

EXAMPLES = r"""
- name: Make a private container that may grow to 200 GiB
  fnndsc.swift_migration.swift_container:
    openrc: ~/app-cred-cube-openrc.sh
    name: cube_users
    quota_bytes: "{{ 200 * 1024 ** 3 }}"
    metadata:
      owner: CUBE

- name: Make one that the objects of another container fit into
  fnndsc.swift_migration.swift_container:
    openrc: ~/app-cred-cube-openrc.sh
    name: cube_users
    source: "{{ old_swift | combine({'container': 'users'}) }}"

- name: Let everybody read it
  fnndsc.swift_migration.swift_container:
    openrc: ~/app-cred-cube-openrc.sh
    name: cube_users
    read_acl: .r:*,.rlistings

- name: Make it private again and lift the limit
  fnndsc.swift_migration.swift_container:
    openrc: ~/app-cred-cube-openrc.sh
    name: cube_users
    read_acl: ""
    quota_bytes: 0

- name: Delete the container of a trial run with all that is in it
  fnndsc.swift_migration.swift_container:
    openrc: ~/app-cred-cube-openrc.sh
    name: cube_users_trial
    state: absent
    force: true
"""

RETURN = r"""
carried:
  description: The settings of O(source) that the container has taken over, as they are called
    there. Of a key of temporary URLs that is all that is ever told.
  returned: success
  type: list
  elements: str
  sample:
    - Owner
    - Access-Control-Allow-Origin
not_carried:
  description: What the container has not taken over from O(source), a sentence for each kind, and
    for each setting that has another value here. Old versions of objects, which are not copied, are
    counted.
  returned: success
  type: list
  elements: str
  sample:
    - "Not taken over: quotas (Quota-Bytes). Add 'quotas' to carry for that."
container:
  description: The container as it is now, or would be if this were not check mode.
  returned: success
  type: dict
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
source:
  description: What the container O(source) holds and how it is set, as in RV(container). Null if it
    was not asked.
  returned: success
  type: dict
  sample:
    name: users
    exists: true
    objects: 278086
    bytes: 138236724019
    read_acl: ''
    write_acl: ''
"""

from typing import Any

from ansible_collections.fnndsc.swift_migration.plugins.module_utils._argspec import (
    connection_options,
    container_options,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cloud.connection import (
    Connection,
    ConnectionOptions,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.carried_settings import (
    BY_DEFAULT,
    KINDS,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.destination_container import (
    DestinationContainer,
    Provided,
    Source,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._module import Module
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.container_settings import (
    ContainerSettings,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.managed_container import (
    ManagedContainer,
)


def argument_spec() -> dict[str, Any]:
    """Give the module's argument specification."""
    return {
        "name": {"type": "str", "required": True},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        "read_acl": {"type": "str"},
        "write_acl": {"type": "str"},
        "quota_bytes": {"type": "int"},
        "quota_count": {"type": "int"},
        "metadata": {"type": "dict"},
        "storage_policy": {"type": "str"},
        "versioning": {"type": "bool"},
        "force": {"type": "bool", "default": False},
        "source": {**container_options(), "required": False},
        "carry": {
            "type": "list",
            "elements": "str",
            "choices": list(KINDS),
            "default": list(BY_DEFAULT),
        },
        "option_prefix": {"type": "str", "default": ""},
        "quota_remedy": {"type": "str", "default": ""},
        **connection_options(),
    }


def ensure(params: dict[str, Any], *, check: bool) -> Provided:
    """Bring the container to what the module's parameters say."""
    wanted = ContainerSettings.from_params(params)
    connection = Connection(ConnectionOptions.from_params(params))
    container = ManagedContainer(connection, params["name"])
    if params["state"] == "absent":
        return Provided(container.ensure_absent(force=params["force"], check=check))
    if params["source"] is None:
        return Provided(container.ensure_present(wanted, check=check))
    source = Source(
        Connection(ConnectionOptions.from_params(params["source"], "source")),
        params["source"]["container"],
        params["option_prefix"],
        params["quota_remedy"],
        params["carry"],
    )
    return DestinationContainer(connection, params["name"], source).provide(wanted, check=check)


def main() -> None:
    """Run the module."""
    module = Module(argument_spec=argument_spec(), supports_check_mode=True)
    name = module.params["name"]
    try:
        provided = ensure(module.params, check=module.check_mode)
    except MigrationError as error:
        module.fail_json(msg=str(error))
    outcome, source = provided.outcome, provided.source
    for header in outcome.ignored:
        if header.removeprefix("X-Container-Meta-") not in provided.carried:
            module.warn(f"The server did not set {header} of container '{name}' as asked")
    module.exit_json(
        changed=outcome.changed,
        container=outcome.after.describe(name),
        source=source and source.describe(module.params["source"]["container"]),
        carried=provided.carried,
        not_carried=provided.left,
        diff=outcome.diff(),
    )


if __name__ == "__main__":
    main()
