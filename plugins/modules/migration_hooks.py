# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Documentation of the Ansible action migration_hooks."""

from __future__ import annotations

DOCUMENTATION = r"""
module: migration_hooks
short_description: Tell hooks which phase a migration has entered, or how a run has ended
version_added: 0.1.0
description:
  - Runs commands on the controller, and sends JSON to URLs.
  - A phase is told once on each controller, also where Ansible is killed with C(kill -9) before,
    while or after it is told. What was entered and not told, the next one tells. It is noted as
    told just before it is, so a hook that fails is not told again.
  - A hook is never in the way. All of them together are waited for for two seconds; then they go on in
    a process of their own, which ends them at their O(hooks[].timeout). One that fails or hangs is
    a warning. Only options that are wrong make this fail.
  - Works on the controller alone.
options:
  hooks:
    description: Whom to tell.
    type: list
    elements: dict
    required: true
    suboptions:
      command:
        description:
          - A program with its arguments, which gets the event as JSON on its standard input, and
            C(SWIFT_MIGRATION_EVENT), C(SWIFT_MIGRATION_PHASE), C(SWIFT_MIGRATION_RUN) and
            C(SWIFT_MIGRATION_RESULT) in its environment. No shell reads it.
        type: list
        elements: str
      url:
        description:
          - An address that gets the event as JSON in a POST. A redirect counts as a failure. It may
            hold a secret, so it is shown nowhere.
        type: str
      events:
        description: What to tell, V(phase) for phases, V(run) for ends of copies, comparisons and
          ways back.
        type: list
        elements: str
        choices: [phase, run]
        default: [phase, run]
      timeout:
        description: After how many seconds it is ended.
        type: float
        default: 30
  source:
    description: Name of the migration's source container.
    type: str
    required: true
  destination:
    description: Name of the container that it fills.
    type: str
    required: true
  phase:
    description: What M(fnndsc.swift_migration.migration_phase) has returned.
    type: dict
  run:
    description: Name of the module whose run has ended. Give either this or O(phase).
    type: str
  result:
    description: What that module has returned. Counts and its message are told.
    type: dict
  record_dir:
    description: Folder on the controller that keeps which phase was told last.
    type: path
    default: ~/.local/state/fnndsc.swift_migration/hooks
extends_documentation_fragment:
  - fnndsc.swift_migration.on_controller
attributes:
  check_mode:
    details: Tells nobody.
seealso:
  - module: fnndsc.swift_migration.migration_phase
author:
  - fnndsc.swift_migration contributors (@FNNDSC)
"""

EXAMPLES = r"""
- name: Read the phase
  fnndsc.swift_migration.migration_phase:
    source: "{{ old_swift | combine({'container': 'users'}) }}"
    destination: "{{ nerc | combine({'container': 'cube_users'}) }}"
  register: found

- name: Tell it if that is new
  fnndsc.swift_migration.migration_hooks:
    hooks:
      - command: [/usr/local/bin/notify, --urgent]
        events: [phase]
      - url: "{{ vault_chat_address }}"
    source: users
    destination: cube_users
    phase: "{{ found }}"
"""

RETURN = r"""
told:
  description: Whether hooks were told. Null where that took longer than two seconds. False for a phase
    that was told before.
  returned: always, but in check mode
  type: bool
  sample: true
problems:
  description: What went wrong, which is warned of, too.
  returned: always, but in check mode
  type: list
  elements: str
  sample: ["hook 2 answered 500"]
"""
