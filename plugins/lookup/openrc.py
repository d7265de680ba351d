# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Ansible lookup openrc."""

from __future__ import annotations

DOCUMENTATION = r"""
name: openrc
short_description: Read an openrc file on the controller
version_added: 0.1.0
description:
  - Reads the file that Horizon offers under "Download openrc file" and returns connection options
    as the modules of this collection take them.
  - The file is read on the controller, and without a shell. A module's own option C(openrc) reads
    one on the host that runs the module.
  - The files of Horizon, OVH, TripleO, Kolla, DevStack and those that people write count alike.
    What assigns a variable is followed, with quotes, defaults such as C(${NAME:-value}) and
    conditions. No command is run; a value that a command would compute is refused if the login
    needs it, and else ignored.
  - A file that sets C(ST_AUTH), C(ST_USER) and C(ST_KEY), as the tool C(swift) reads them, is for
    C(v1password).
options:
  _terms:
    description: Paths of openrc files.
    type: list
    elements: path
    required: true
notes:
  - The result holds a secret. Ansible hides it in the modules' parameters, but not if the result
    itself is printed.
author:
  - fnndsc.swift_migration contributors (@FNNDSC)
"""

EXAMPLES = r"""
- name: Log in from a host that does not have the file
  fnndsc.swift_migration.swift_auth:
    auth_type: "{{ nerc.auth_type }}"
    auth: "{{ nerc.auth }}"
    region_name: "{{ nerc.region_name }}"
  vars:
    nerc: "{{ lookup('fnndsc.swift_migration.openrc', '~/app-cred-cube-openrc.sh') }}"

- name: Copy with it
  fnndsc.swift_migration.swift_sync:
    source: "{{ old_swift | combine({'container': 'users'}) }}"
    destination: "{{ nerc | combine({'container': 'cube_users'}) }}"
  vars:
    nerc: "{{ lookup('fnndsc.swift_migration.openrc', '~/app-cred-cube-openrc.sh') }}"

- name: Add the password that a password openrc does not hold
  fnndsc.swift_migration.swift_sync:
    source: "{{ old_swift | combine({'container': 'users'}) }}"
    destination: "{{ nerc | combine(extra, recursive=true) }}"
  vars:
    nerc: "{{ lookup('fnndsc.swift_migration.openrc', '~/cube-openrc.sh') }}"
    extra:
      container: cube_users
      auth:
        password: "{{ vault_nerc_password }}"
"""

RETURN = r"""
_raw:
  description: Connection options for each file, as far as it sets them. C(auth), and perhaps
    C(auth_type), C(region_name), C(interface) and C(ca_cert).
  type: list
  elements: dict
  sample:
    - auth_type: v3applicationcredential
      auth:
        auth_url: https://keystone.example.org:5000/v3
        application_credential_id: 21dced0fd20347869b93710d2b98aae0
        application_credential_secret: the-secret
      region_name: RegionOne
      interface: public
"""

from collections.abc import Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleError
from ansible.plugins.lookup import LookupBase
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cloud import openrc
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError


class LookupModule(LookupBase):  # type: ignore[misc]  # ansible-core has no types
    """The lookup plugin."""

    def run(
        self,
        terms: Sequence[str],
        variables: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> list[dict[str, Any]]:
        """Read the files at ``terms``."""
        for told in filter(None, map(openrc.exposure, terms)):
            self._display.warning(told)
        try:
            return [openrc.load(term) for term in terms]
        except MigrationError as error:
            raise AnsibleError(str(error)) from None
