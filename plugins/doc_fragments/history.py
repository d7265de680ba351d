# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Documentation of the record that a run leaves behind."""

from __future__ import annotations


class ModuleDocFragment:
    """The options ``controller_history`` and ``asker``."""

    DOCUMENTATION = r"""
options:
  controller_history:
    description:
      - Folder on the controller to which the record of the run and the list of its objects are
        copied when it has ended, also when it failed. RV(ignore:kept_record) and
        RV(ignore:kept_list) tell where they are.
      - Both are in the folder C(runs) of O(ignore:state_dir), for their owner only. No run replaces
        those of another one. In check mode there are none.
      - C(docs/history.md) tells what they hold. No secret is in them.
    type: str
  asker:
    description: Who asks for the run, as its record tells it. The module's action sets it.
    type: dict
    suboptions:
      by:
        description: A user and a host.
        type: str
        default: ''
      mark:
        description: What the names of the record and of the list have in them, so that no others
          have the same.
        type: str
        default: ''
      expected_seconds:
        description: How long a first copy takes by the last preflight.
        type: float
"""
