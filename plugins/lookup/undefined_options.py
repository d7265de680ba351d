# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Ansible lookup undefined_options."""

from __future__ import annotations

DOCUMENTATION = r"""
name: undefined_options
short_description: Find variables that refer to one that is not set
version_added: 0.1.0
description:
  - Returns a sentence for each variable of a host whose value, or a part of it, refers to a
    variable that is not set. It names both.
  - Variables that cannot be had for another reason are left to the tasks that read them.
options:
  _terms:
    description: Names of the variables. A host need not have them.
    type: list
    elements: str
    required: true
  hosts:
    description: The hosts that read them.
    type: list
    elements: str
    required: true
author:
  - fnndsc.swift_migration contributors (@FNNDSC)
"""

EXAMPLES = r"""
- name: Check the values of the options
  ansible.builtin.assert:
    that: undefined | length == 0
    fail_msg: "{{ undefined | join(' ') }}"
  vars:
    undefined: >-
      {{ query('fnndsc.swift_migration.undefined_options',
               'swift_migration_source', 'swift_migration_destination', hosts=groups.movers) }}
"""

RETURN = r"""
_raw:
  description: One sentence for each, in the order of names.
  type: list
  elements: str
  sample:
    - swift_migration_source refers to vault_old_swift_key, which is not set.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleError, AnsibleUndefinedVariable
from ansible.plugins.lookup import LookupBase

_NAME = re.compile(r"'(\w+)' is undefined")
"""What each release of ansible-core writes of a variable that is not set."""

_MEMBER = re.compile(r"[\w ']+ has no (?:attribute|element) '?\w+'?")
"""The same of a part of one.  Before it, ansible-core 2.17 writes the value that refers to it."""


class LookupModule(LookupBase):  # type: ignore[misc]  # ansible-core has no types
    """The lookup plugin."""

    def run(
        self,
        terms: Sequence[str],
        variables: Mapping[str, Any] | None = None,
        *,
        hosts: Sequence[str],
    ) -> list[str]:
        """Look at the variables ``terms`` of each host."""
        hostvars = (variables or {})["hostvars"]
        sentences = set()
        for host in hosts:
            values = hostvars.raw_get(host)
            templar = self._templar.copy_with_new_env(available_variables=values)
            for name in terms:
                try:
                    templar.template(values.get(name))
                except AnsibleUndefinedVariable as error:
                    sentences.add(f"{name} {what_is_undefined(str(error))}")
                except AnsibleError:
                    continue
        return sorted(sentences)


def what_is_undefined(message: str) -> str:
    """Say what a variable refers to, from an error of ansible-core, and none of its values."""
    name, member = _NAME.search(message), _MEMBER.search(message)
    if name:
        return f"refers to {name[1]}, which is not set."
    why = f": {member[0].strip()}" if member else ""
    return f"refers to something that is not set{why}."
