# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Ansible module migration_control."""

from __future__ import annotations

DOCUMENTATION = r"""
module: migration_control
short_description: Pause or stop what copies or compares, or give it other limits
version_added: 0.1.0
description:
  - Asks each M(fnndsc.swift_migration.swift_sync), M(fnndsc.swift_migration.swift_rollback) and
    M(fnndsc.swift_migration.swift_compare) that works on two containers on this host, by a small
    file in their state directory, at which they look every two seconds.
  - It waits until they have done what they were asked. Where none goes on, it does nothing.
  - A run that is paused finishes what it has asked for, and asks the container that is read for
    nothing more. It keeps the right to write, and its memory. What lets it go on or stops it is
    heard as ever.
  - A run that is stopped finishes what is under way, tells its counts with C(stopped=true), and
    fails, so that nothing goes on that needs the whole. The next run goes on from there.
  - No server is asked, so no login is needed. It must run as the user whose runs are meant. A run
    with C(progress_interval=0) keeps no file, and is not found.
extends_documentation_fragment:
  - fnndsc.swift_migration.attributes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: none
options:
  source:
    description: The name of the container that is, or was, copied.
    type: str
    required: true
  destination:
    description: The name of the one that is filled.
    type: str
    required: true
  state_dir:
    description: Folder on the host that runs the module in which runs keep their state.
    type: path
    default: ~/.local/state/fnndsc.swift_migration
  stop:
    description: Whether they are to end. A paused one breaks off what was held.
    type: bool
    default: false
  pause:
    description: Whether they are to pause, V(true), or to go on, V(false). Without it nothing
      changes about that.
    type: bool
  bandwidth_limit:
    description: Bytes a second read from the container that is read, at most. V(0) for no limit.
    type: int
  requests_per_second:
    description: Requests to its server, at most. V(0) for no limit.
    type: float
  concurrency:
    description: Objects at once, at most.
    type: int
  timetable:
    description: Limits at some hours, as M(fnndsc.swift_migration.swift_sync) takes them, instead of
      those that the run has; C({}) for none.
    type: dict
  timeout:
    description: Seconds that a run has to do it. A large object that is under way is finished
      first.
    type: int
    default: 60
seealso:
  - module: fnndsc.swift_migration.migration_status
  - module: fnndsc.swift_migration.swift_sync
author:
  - fnndsc.swift_migration contributors (@FNNDSC)
"""

EXAMPLES = r"""
- name: Copy more slowly by day
  fnndsc.swift_migration.migration_control:
    source: users
    destination: cube_users
    bandwidth_limit: 10485760

- name: Copy more slowly by day, and as fast as it goes by night
  fnndsc.swift_migration.migration_control:
    source: users
    destination: cube_users
    bandwidth_limit: 0
    timetable:
      "08:00-18:00": 10 MiB/s

- name: Pause for as long as the old server is busy
  fnndsc.swift_migration.migration_control:
    source: users
    destination: cube_users
    pause: true

- name: Stop
  fnndsc.swift_migration.migration_control:
    source: users
    destination: cube_users
    stop: true
    timeout: 600
"""

RETURN = r"""
runs:
  description: What was asked, as M(fnndsc.swift_migration.migration_status) returns it, afterwards.
  returned: success
  type: list
  elements: dict
  sample: []
clock:
  description: The time on this host, by which O(timetable) goes, and its time zone.
  returned: success
  type: str
  sample: 14:03 CET
"""

import time
from typing import Any

from ansible_collections.fnndsc.swift_migration.plugins.module_utils._argspec import (
    progress_options,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.control_file import (
    Wish,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.run_control import (
    ControlOptions,
    RunControl,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._module import Module

_WISHES = ("stop", "pause", "bandwidth_limit", "requests_per_second", "concurrency", "timetable")


def argument_spec() -> dict[str, Any]:
    """Give the module's argument specification."""
    return {
        "source": {"type": "str", "required": True},
        "destination": {"type": "str", "required": True},
        "state_dir": progress_options()["state_dir"],
        "stop": {"type": "bool", "default": False},
        "pause": {"type": "bool"},
        "bandwidth_limit": {"type": "int"},
        "requests_per_second": {"type": "float"},
        "concurrency": {"type": "int"},
        "timetable": {"type": "dict"},
        "timeout": {"type": "int", "default": 60},
    }


def main() -> None:
    """Run the module."""
    module = Module(argument_spec=argument_spec(), supports_check_mode=True)
    given = dict(module.params)
    wish = Wish(**{name: given.pop(name) for name in _WISHES})
    try:
        options = ControlOptions(**given, wish=wish, check_mode=module.check_mode)
        result = RunControl(options).result()
    except MigrationError as error:
        module.fail_json(msg=str(error))
    module.exit_json(**result, clock=time.strftime("%H:%M %Z"))


if __name__ == "__main__":
    main()
