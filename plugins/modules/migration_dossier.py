# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Documentation of the Ansible action migration_dossier."""

from __future__ import annotations

DOCUMENTATION = r"""
module: migration_dossier
short_description: Put the records of a migration together as a page that can be kept
version_added: 0.1.0
description:
  - Reads the records that runs and cutovers have left on the controller, and writes what they tell
    of one migration as JSON and as a page for a browser, each for its owner only. What was moved
    from where to where, how that was verified, what was accepted, left and deleted by whose word,
    for how long the application was down, how fast it went, and what failed.
  - The page is one file that loads nothing, and stays below 1 MB for any number of objects.
  - Does not fail for what the records tell; see RV(verdict).
  - Works on the controller alone, and asks no server.
options:
  history:
    description: Path of the folder on the controller that has the records.
    type: path
    required: true
  path:
    description:
      - Path of the JSON file on the controller. The page has the same name with C(.html).
      - Existing ones are replaced. Beside each a copy stays whose name has the moment.
    type: path
    required: true
  container:
    description:
      - Name of the destination's container, if the folder has records of several migrations.
      - Without it, the migration is taken that was worked on last.
    type: str
    default: ""
  key:
    description:
      - Path of an SSH key on the controller, with which the JSON file is signed by
        C(ssh-keygen -Y sign) in the namespace V(swift-migration-dossier). The signature's file has
        the same name with C(.sig) behind it.
      - A key with a passphrase must be in ssh-agent. Name its public key then.
    type: path
requirements:
  - matplotlib on the controller, for plots. Without it the page has none, with a warning.
  - ssh-keygen of OpenSSH 8.1 or newer on the controller, for O(key).
extends_documentation_fragment:
  - fnndsc.swift_migration.on_controller
attributes:
  check_mode:
    details: Reads the records, and writes no file.
seealso:
  - module: fnndsc.swift_migration.swift_compare
author:
  - fnndsc.swift_migration contributors (@FNNDSC)
"""

EXAMPLES = r"""
- name: Write the dossier
  fnndsc.swift_migration.migration_dossier:
    history: ~/.local/state/fnndsc.swift_migration/history
    path: ~/swift-migration-dossier.json
    key: ~/.ssh/id_ed25519
"""

RETURN = r"""
verdict:
  description:
    - V(ok) if the last comparison of all names proved both containers equal, nothing was copied
      after it, nothing was accepted as lost, and nothing failed in the last copy.
    - V(failure) if it found them unequal, V(warning) otherwise.
  returned: when there are records
  type: str
  sample: ok
summary:
  description: What the records come to, in some sentences.
  returned: when there are records
  type: str
  sample: Both containers were proved equal on 2026-11-29 14:01 UTC.
dossier:
  description: Path of the JSON file that the next run does not replace.
  returned: when it was written
  type: str
  sample: /home/me/swift-migration-dossier-20261129T112000Z.json
page:
  description: Path of the page that the next run does not replace.
  returned: when it was written
  type: str
  sample: /home/me/swift-migration-dossier-20261129T112000Z.html
signature:
  description: Path of the signature that the next run does not replace.
  returned: when O(key) was given and the signature was written
  type: str
  sample: /home/me/swift-migration-dossier-20261129T112000Z.json.sig
"""
