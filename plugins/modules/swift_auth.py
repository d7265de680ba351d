# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Ansible module swift_auth."""

from __future__ import annotations

DOCUMENTATION = r"""
module: swift_auth
short_description: Log in to an object store and say where it is
version_added: 0.1.0
description:
  - Logs in to OpenStack Swift or to Ceph's Swift API, through Keystone or v1 auth, and returns the
    storage URL, the project, how long the token is valid, and what the server says about itself.
  - What C(source openrc; swift auth) gives by hand.
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
  token:
    description:
      - Whether to return the token too.
      - Whoever has the token can do what the user can do until it expires. Set C(no_log) on the
        task, and on every task that gets to see it.
    type: bool
    default: false
author:
  - fnndsc.swift_migration contributors (@FNNDSC)
seealso:
  - module: fnndsc.swift_migration.swift_container_info
"""

EXAMPLES = r"""
- name: Log in with the openrc file that Horizon gives
  fnndsc.swift_migration.swift_auth:
    openrc: ~/app-cred-cube-openrc.sh
  register: nerc

- name: Show where the objects are going to be
  ansible.builtin.debug:
    msg: "{{ nerc.storage_url }}, {{ nerc.server }} {{ nerc.version }}, {{ nerc.project_name }}"

- name: Log in to an old Swift
  fnndsc.swift_migration.swift_auth:
    auth_type: v1password
    auth:
      auth_url: http://swift.example.org:8080/auth/v1.0
      username: chris:chris1234
      password: "{{ vault_old_swift_key }}"

- name: Log in with an application credential and keep the token for other tools
  fnndsc.swift_migration.swift_auth:
    auth:
      auth_url: https://keystone.example.org:5000/v3
      application_credential_id: 21dced0fd20347869b93710d2b98aae0
      application_credential_secret: "{{ vault_application_credential_secret }}"
    region_name: RegionOne
    token: true
  register: login
  no_log: true
"""

RETURN = r"""
storage_url:
  description: URL of the account, as the catalog or v1 auth names it.
  returned: always
  type: str
  sample: https://objects.example.org:13808/swift/v1/AUTH_41d3d9924fa24671836bb3bf192384b2
project_id:
  description: ID of the project. Null for v1 auth, which knows none.
  returned: always
  type: str
  sample: 41d3d9924fa24671836bb3bf192384b2
project_name:
  description: Name of the project. Null for v1 auth, which knows none.
  returned: always
  type: str
  sample: cube-nerc
expires_at:
  description: When the token expires, in UTC. Null if the server does not say.
  returned: always
  type: str
  sample: '2026-11-22T15:46:47+00:00'
server:
  description: V(swift) or V(ceph). Null if the server does not say.
  returned: always
  type: str
  sample: ceph
version:
  description: Release of the server. Null if it does not say.
  returned: always
  type: str
  sample: 18.2.7
capabilities:
  description: What the server's C(/info) says. Empty if it has none.
  returned: always
  type: dict
  sample:
    swift:
      container_listing_limit: 10000
      max_file_size: 5368709122
      version: 2.38.3
    slo:
      max_manifest_segments: 1000
token:
  description: The token.
  returned: if O(token=true)
  type: str
  sample: gAAAAABm-SAMPLE
"""

from typing import Any

from ansible_collections.fnndsc.swift_migration.plugins.module_utils._argspec import (
    connection_options,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cloud.connection import (
    Connection,
    ConnectionOptions,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._module import Module


def describe(connection: Connection, *, token: bool) -> dict[str, Any]:
    """Log in and tell what came of it."""
    profile = connection.profile()
    expires_at = connection.expires_at
    described = {
        "storage_url": connection.storage_url,
        "project_id": connection.project_id,
        "project_name": connection.project_name,
        "expires_at": expires_at.isoformat(timespec="seconds") if expires_at else None,
        "server": profile.name,
        "version": profile.version,
        "capabilities": connection.capabilities(),
    }
    return {**described, "token": connection.token()} if token else described


def main() -> None:
    """Run the module."""
    module = Module(
        # This option is a switch; what no_log must hide is the result, which is the caller's.
        argument_spec={
            "token": {"type": "bool", "default": False, "no_log": False},
            **connection_options(),
        },
        supports_check_mode=True,
    )
    try:
        connection = Connection(ConnectionOptions.from_params(module.params))
        module.exit_json(changed=False, **describe(connection, token=module.params["token"]))
    except MigrationError as error:
        module.fail_json(msg=str(error))


if __name__ == "__main__":
    main()
