# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Ansible filter unknown_options."""

from __future__ import annotations

DOCUMENTATION = r"""
name: unknown_options
short_description: Find variables that are set and that nothing reads
version_added: 0.1.0
description:
  - Returns a sentence for each variable whose name begins as the known ones do, but is none of
    them. It names the known one that is most like it.
positional: known
options:
  _input:
    description: Names of the variables that are set.
    type: list
    elements: str
    required: true
  known:
    description: Names of the variables that are read.
    type: list
    elements: str
    required: true
  prefixes:
    description: How a name begins that is looked at.
    type: list
    elements: str
    required: true
author:
  - fnndsc.swift_migration contributors (@FNNDSC)
"""

EXAMPLES = r"""
- name: Check the names of the options
  ansible.builtin.assert:
    that: unknown | length == 0
    fail_msg: "{{ unknown | join(' ') }}"
  vars:
    unknown: >-
      {{ vars.keys() | fnndsc.swift_migration.unknown_options(
           ['swift_migration_prune', 'swift_migration_cutover'], prefixes=['swift_migration_']) }}
"""

RETURN = r"""
_value:
  description: One sentence for each, in the order of names.
  type: list
  elements: str
  sample:
    - Nothing reads the variable swift_migration_cutovr; swift_migration_cutover is like it.
"""

from collections.abc import Callable, Iterable, Sequence
from difflib import get_close_matches


def unknown_options(
    names: Iterable[str], known: Sequence[str], prefixes: Sequence[str]
) -> list[str]:
    """Tell which of the variables that are set nothing reads.

    :param names: of the variables that are set.
    :param known: names of those that are read.
    :param prefixes: how a name begins that is looked at.
    :returns: a sentence for each, in the order of names.
    """
    sentences = []
    for name in sorted(set(names) - set(known)):
        for prefix in prefixes:
            if name.startswith(prefix):
                sentences.append(f"Nothing reads the variable {name}{_like(name, known, prefix)}.")
    return sentences


def _like(name: str, known: Iterable[str], prefix: str) -> str:
    rests = [each.removeprefix(prefix) for each in known if each.startswith(prefix)]
    nearest = get_close_matches(name.removeprefix(prefix), rests, n=1)
    return f"; {prefix}{nearest[0]} is like it" if nearest else ""


class FilterModule:
    """The filter plugin."""

    def filters(self) -> dict[str, Callable[..., list[str]]]:
        """Return the filter by its name."""
        return {"unknown_options": unknown_options}
