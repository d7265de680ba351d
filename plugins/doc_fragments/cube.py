# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Documentation of the options of the modules for CUBE's services."""

from __future__ import annotations


class ModuleDocFragment:
    """How CUBE runs, and what its storage is."""

    DOCUMENTATION = r"""
options:
  deployment:
    description: How CUBE and pfcon run.
    type: str
    choices: [compose, swarm, systemd, commands]
  settings:
    description:
      - What must be known about a deployment of this kind, as in the variable of the role
        P(fnndsc.swift_migration.cube_storage#role) for it.
    type: dict
    default: {}
  env_files:
    description: The env files that CUBE's services read, in this order.
    type: list
    elements: path
    default: []
  pfcon_env_files:
    description: The env files that pfcon reads, in this order.
    type: list
    elements: path
    default: []
  variables:
    description:
      - The storage variables that CUBE's services get, with their values.
      - No value appears in output, diffs or messages.
    type: dict
    default: {}
  pfcon_variables:
    description: The storage variables that pfcon gets.
    type: dict
    default: {}
  names:
    description: All variables that have to do with storage, with the other backends' variables.
    type: list
    elements: str
    default: []
  memory:
    description:
      - The file which remembers what was before the switch. It holds names, no values.
      - Without it, the file C(cube-storage.json) in the deployment's directory, or else beside the
        first env file.
    type: path
"""
