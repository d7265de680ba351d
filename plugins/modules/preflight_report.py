# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Documentation of the Ansible action preflight_report."""

from __future__ import annotations

DOCUMENTATION = r"""
module: preflight_report
short_description: Show and keep what was found before a migration
version_added: 0.1.0
description:
  - Prints the checks of all hosts as one table, failures first, and a line that sums them up.
  - Writes the same as JSON and as a page for a browser, each for its owner only.
  - Fails if a check has failed, or if there is none.
  - Works on the controller alone.
options:
  checks:
    description:
      - For each host a list of checks, each with C(name), C(verdict), C(seen) and C(remedy), as
        M(fnndsc.swift_migration.swift_preflight) and M(fnndsc.swift_migration.cube_storage_info)
        return them.
    type: dict
    required: true
  forecast:
    description: What M(fnndsc.swift_migration.swift_preflight) returns as C(forecast).
    type: dict
  path:
    description:
      - Path of the JSON file on the controller. The page has the same name with C(.html).
      - Existing ones are replaced. Beside each a copy stays whose name has the moment.
    type: path
    required: true
  title:
    description: What was done to find that, in the line that sums it up and at the head of the page.
    type: str
    default: preflight
extends_documentation_fragment:
  - fnndsc.swift_migration.on_controller
attributes:
  check_mode:
    details: Prints and fails as otherwise, and writes no file.
seealso:
  - module: fnndsc.swift_migration.swift_preflight
author:
  - fnndsc.swift_migration contributors (@FNNDSC)
"""

EXAMPLES = r"""
- name: Report the checks
  fnndsc.swift_migration.preflight_report:
    checks:
      mover: "{{ looked.checks }}"
    forecast: "{{ looked.forecast }}"
    path: ~/swift-migration-preflight.json
"""

RETURN = r"""
verdict:
  description: The worst verdict of all checks, V(failure), V(warning) or V(ok).
  returned: always
  type: str
  sample: warning
summary:
  description: The verdict in one line.
  returned: always
  type: str
  sample: >-
    preflight: 0 failures, 3 warnings, 21 ok; expect 12 to 15 min for the first copy, CUBE down for
    about 40 s
counts:
  description: How many checks have which verdict.
  returned: always
  type: dict
  sample: {failure: 0, warning: 3, ok: 21}
report:
  description: Path of the JSON file that the next run does not replace.
  returned: when it was written
  type: str
  sample: /home/me/swift-migration-preflight-20261129T112000Z.json
page:
  description: Path of the page that the next run does not replace.
  returned: when it was written
  type: str
  sample: /home/me/swift-migration-preflight-20261129T112000Z.html
"""
