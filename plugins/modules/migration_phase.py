# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Ansible module migration_phase."""

from __future__ import annotations

DOCUMENTATION = r"""
module: migration_phase
short_description: Read or change how far a migration has come
version_added: 0.1.0
description:
  - The phase of a migration is kept in the metadata of the container that it fills, so that every
    host that takes part knows it. M(fnndsc.swift_migration.swift_sync) writes the first one.
  - Playbooks change it during a cutover and on the way back.
extends_documentation_fragment:
  - fnndsc.swift_migration.attributes
  - fnndsc.swift_migration.pair
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
options:
  phase:
    description:
      - The phase to enter. Without it the present one is read, and the source is not asked.
      - In V(copying) the application writes to the source. In V(frozen) it is stopped.
      - In V(verified) the destination was proved equal to the source, and in V(cut-over) the
        application uses it. In both of them M(fnndsc.swift_migration.swift_sync) changes nothing.
      - In V(rolled-back) the application uses the source again.
      - A phase that does not follow the present one is an error.
    type: str
    choices: [copying, frozen, verified, cut-over, rolled-back]
seealso:
  - module: fnndsc.swift_migration.swift_sync
  - module: fnndsc.swift_migration.swift_rollback
author:
  - fnndsc.swift_migration contributors (@FNNDSC)
"""

EXAMPLES = r"""
- name: See how far it is
  fnndsc.swift_migration.migration_phase:
    source: "{{ old_swift | combine({'container': 'users'}) }}"
    destination: "{{ nerc | combine({'container': 'cube_users'}) }}"
  register: migration

- name: Note that the application is stopped
  fnndsc.swift_migration.migration_phase:
    source: "{{ old_swift | combine({'container': 'users'}) }}"
    destination: "{{ nerc | combine({'container': 'cube_users'}) }}"
    phase: frozen
"""

RETURN = r"""
phase:
  description: The phase, after the change if one was asked for. Empty if the destination is not
    there or is not filled by a migration.
  returned: success
  type: str
  sample: copying
source:
  description: The container that the destination is filled from, by account, name and the moment
    it was created.
  returned: success
  type: str
  sample: AUTH_chris/users@1600000000.12345
since:
  description: When the migration began, by the destination's clock.
  returned: success
  type: str
  sample: "2026-01-31T09:00:00.000000"
frozen:
  description: When the application stood still, by the source's clock. Empty before.
  returned: success
  type: str
  sample: "2026-02-01T09:00:00.000000"
verified:
  description: When the destination was proved equal, by its own clock. Empty before. While a
    second migration copies after a way back, it is the time of the first one's proof.
  returned: success
  type: str
  sample: "2026-02-01T09:10:00.000000"
returned:
  description: When the application had gone back to the source, by the destination's clock. Empty
    before.
  returned: success
  type: str
  sample: "2026-02-02T09:00:00.000000"
"""

from typing import Any

from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.phase_change import (
    PhaseOptions,
    change_phase,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.state import Phase
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._module import Module
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._pair import (
    pair_from_params,
    pair_options,
)


def argument_spec() -> dict[str, Any]:
    """Give the module's argument specification."""
    return {
        **pair_options(),
        "phase": {"type": "str", "choices": [phase.value for phase in Phase]},
    }


def main() -> None:
    """Run the module."""
    module = Module(argument_spec=argument_spec(), supports_check_mode=True)
    connections, given = pair_from_params(module.params)
    phase = Phase(given["phase"]) if given["phase"] else None
    options = PhaseOptions(**{**given, "phase": phase}, check_mode=module.check_mode)
    try:
        change = change_phase(*connections, options)
    except MigrationError as error:
        module.fail_json(msg=str(error))
    module.exit_json(diff=change.diff(), **change.result())


if __name__ == "__main__":
    main()
