# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Ansible module ec2_credential."""

from __future__ import annotations

DOCUMENTATION = r"""
module: ec2_credential
short_description: Make, find or delete a key for the S3 API
version_added: 0.1.0
description:
  - Makes sure that the user has an EC2 credential for the project of the login, or has not. With
    its access key and secret, programs use the S3 API of the cloud's object store.
  - What C(openstack ec2 credentials create) does, but one that is there is used again.
  - Recent releases of Keystone refuse this to every application credential. Log in with a password
    then, or have the credential made by hand and pass on its two keys.
extends_documentation_fragment:
  - fnndsc.swift_migration.attributes
  - fnndsc.swift_migration.connection
attributes:
  check_mode:
    support: full
    details: The keys of a credential that would be made are not known then.
  diff_mode:
    support: full
    details: Shows the access keys before and after, never a secret.
options:
  state:
    description:
      - V(present) finds a credential or makes one, and returns both its keys.
      - V(absent) deletes one.
    type: str
    choices:
      - present
      - absent
    default: present
  access:
    description:
      - The access key of the credential that is meant.
      - If it is not given, O(state=present) takes the first of those that are there, in the order
        of their access keys, and O(state=absent) deletes the only one, or fails if there are
        several.
      - Keystone chooses the access key of a new one, so O(state=present) fails if the one given is
        not there.
    type: str
notes:
  - RV(secret) is shown by C(-v) and by whatever prints the registered result. Set C(no_log) on the
    task, and on every task that gets to see the secret.
author:
  - fnndsc.swift_migration contributors (@FNNDSC)
seealso:
  - module: fnndsc.swift_migration.ec2_credential_info
"""

EXAMPLES = r"""
- name: Get a key for the S3 API
  fnndsc.swift_migration.ec2_credential:
    auth_type: v3password
    auth:
      auth_url: https://keystone.example.org:5000/v3
      username: alice
      user_domain_name: Default
      password: "{{ vault_password }}"
      project_name: cube
      project_domain_name: Default
    region_name: RegionOne
  register: s3
  no_log: true

- name: Let CUBE use it
  ansible.builtin.include_role:
    name: fnndsc.swift_migration.cube_storage
  vars:
    cube_storage_s3:
      endpoint_url: "{{ s3.endpoint_url }}"
      region: "{{ s3.region }}"
      access_key: "{{ s3.access }}"
      secret_key: "{{ s3.secret }}"

- name: Delete one
  fnndsc.swift_migration.ec2_credential:
    cloud: nerc
    access: 8ed444c7b06a4847b9985a4f4d749aae
    state: absent
"""

RETURN = r"""
access:
  description: The access key. Null in check mode if the credential would have to be made.
  returned: if O(state=present)
  type: str
  sample: 8ed444c7b06a4847b9985a4f4d749aae
secret:
  description: The secret that belongs to it. Null in check mode if the credential would have to be
    made.
  returned: if O(state=present)
  type: str
  sample: 0123456789abcdef0123456789abcdef
endpoint_url:
  description: URL of the S3 API. That of the service C(s3) in the catalog, or else the storage URL
    without its path.
  returned: if O(state=present)
  type: str
  sample: https://objects.example.org:13808
region:
  description:
    - The region that requests to the S3 API must be signed for. The API was asked, with the
      credential.
    - V(us-east-1) where the API takes signatures for any region, as Ceph does. A client with
      another one would name it as the location of a bucket that it makes, and Ceph would refuse.
    - Null, with a warning that says why, if it did not answer as an S3 API does. Null in check mode
      if the credential would have to be made.
  returned: if O(state=present)
  type: str
  sample: RegionOne
project_id:
  description: ID of the project.
  returned: always
  type: str
  sample: 41d3d9924fa24671836bb3bf192384b2
"""

from typing import Any

from ansible_collections.fnndsc.swift_migration.plugins.module_utils._argspec import (
    connection_options,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cloud.connection_options import (
    ConnectionOptions,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cloud.ec2_credentials import (
    Ec2Credentials,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cloud.s3_endpoint import (
    S3Endpoint,
    find_region,
    find_s3_url,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cloud.session import (
    open_session,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._module import Module
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._printable import printable


def argument_spec() -> dict[str, Any]:
    """Give the module's argument specification."""
    return {
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        "access": {"type": "str"},
        **connection_options(),
    }


def ensure(params: dict[str, Any], *, check: bool) -> tuple[dict[str, Any], str | None]:
    """Do what the module's parameters say; give the module's result and a warning."""
    given = ConnectionOptions.from_params(params)
    login = open_session(given)
    credentials = Ec2Credentials(login, given)
    result: dict[str, Any] = {"changed": False, "project_id": credentials.project_id}
    if params["state"] == "absent":
        outcome = credentials.ensure_absent(params["access"], check=check)
        return {**result, "changed": outcome.changed, "diff": outcome.diff()}, None
    url = find_s3_url(login, given)  # if it fails, then before anything is made
    outcome = credentials.ensure_present(params["access"], check=check)
    made = outcome.credential
    s3 = find_region(login, url, made) if made else S3Endpoint(url)
    found = {
        "access": made.access if made else None,
        "secret": made.secret if made else None,
        "endpoint_url": s3.url,
        "region": s3.region,
    }
    return {**result, **found, "changed": outcome.changed, "diff": outcome.diff()}, s3.problem


def main() -> None:
    """Run the module."""
    module = Module(argument_spec=argument_spec(), supports_check_mode=True)
    try:
        result, problem = ensure(module.params, check=module.check_mode)
    except MigrationError as error:
        module.fail_json(msg=str(error))
    if problem:
        module.warn(printable(problem))
    module.exit_json(**result)


if __name__ == "__main__":
    main()
