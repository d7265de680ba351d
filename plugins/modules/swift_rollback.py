# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Ansible module swift_rollback."""

from __future__ import annotations

DOCUMENTATION = r"""
module: swift_rollback
short_description: Copy back what was written to the new container since the cutover
version_added: 0.1.0
description:
  - Makes the old container, O(source), hold what the new one, O(destination), holds. New and
    replaced objects are copied, deleted ones are deleted, each with everything about it, as
    M(fnndsc.swift_migration.swift_sync) does.
  - Looks only at what was changed since the destination was proved equal, which
    M(fnndsc.swift_migration.migration_phase) noted.
  - What was changed in the old container after the application was stopped there is a conflict. It
    is listed, and left alone on both sides.
  - A Ceph 18 shows nowhere that a POST changed the metadata of an object (measured with 18.2.7).
    Such a change is not copied back. Objects that were written anew are.
  - Does nothing when the destination has not been in use since a cutover.
  - Writes to the source, and nothing to the destination. Stop the application first, and lift a
    fence with M(fnndsc.swift_migration.swift_fence).
extends_documentation_fragment:
  - fnndsc.swift_migration.attributes
  - fnndsc.swift_migration.pair
  - fnndsc.swift_migration.progress
  - fnndsc.swift_migration.timetable
  - fnndsc.swift_migration.history
  - fnndsc.swift_migration.unreadable
  - fnndsc.swift_migration.segments
attributes:
  check_mode:
    support: full
    details: Reads both listings and counts what a run would do.
  diff_mode:
    support: full
    details: Shows the names of up to 20 objects that change, and how many more there are.
options:
  max_delete:
    description: How many objects of the old container may be deleted, as a count or as a percentage
      of its objects. If there are more, none is deleted and the module fails.
    type: str
    default: 10%
  concurrency:
    description: How many objects may be copied at once.
    type: int
    default: 64
  bandwidth_limit:
    description: How many bytes a second may be read from the destination, and so be written to the
      source. V(0) is no limit.
    type: int
    default: 0
  requests_per_second:
    description: How many requests a second may be sent to the destination. V(0) is no limit.
    type: float
    default: 0
  report:
    description: Path of a file on the host that runs the module. It gets one line of JSON for
      each object that was not simply kept, conflicts among them. An existing one is overwritten.
    type: path
  lock_timeout:
    description: How many seconds to wait for another run on the same host between the same
      containers. After it, the state of the migration is read again.
    type: int
    default: 3600
seealso:
  - module: fnndsc.swift_migration.swift_sync
  - module: fnndsc.swift_migration.migration_phase
author:
  - fnndsc.swift_migration contributors (@FNNDSC)
"""

EXAMPLES = r"""
- name: See what was written since the cutover
  fnndsc.swift_migration.swift_rollback:
    source: "{{ old_swift | combine({'container': 'users'}) }}"
    destination: "{{ nerc | combine({'container': 'cube_users'}) }}"
  check_mode: true
  diff: true

- name: Copy it back
  fnndsc.swift_migration.swift_rollback:
    source: "{{ old_swift | combine({'container': 'users'}) }}"
    destination: "{{ nerc | combine({'container': 'cube_users'}) }}"
    report: /var/log/rollback.jsonl
"""

RETURN = r"""
stopped:
  description: Whether M(fnndsc.swift_migration.migration_control) has stopped it, so that it failed.
  returned: always
  type: bool
  sample: false
objects:
  description: How many objects ended how, with the keys of M(fnndsc.swift_migration.swift_sync) and
    C(conflict), the number of those that were changed on both sides.
  returned: always
  type: dict
  sample:
    copied: 12
    replaced: 1
    refreshed: 0
    deleted: 2
    extra: 0
    unlisted: 0
    kept: 56430
    vanished: 0
    expired: 0
    unreadable: 0
    failed: 0
    conflict: 0
conflicts:
  description: The first 20 objects that were changed on both sides, and how. O(report) gets all.
  returned: always
  type: list
  elements: dict
  sample:
    - name: chris/feed_12/data/0001.dcm
      reason: both were changed since the cutover
bytes_copied:
  description: Bytes of the objects copied, replaced and refreshed.
  returned: always
  type: int
  sample: 735051776
segments:
  description: Segments of large objects that were copied, their bytes, and the segments of dynamic
    large objects that were deleted. In check mode only for dynamic ones that were copied back before.
  returned: always
  type: dict
  sample:
    copied: 3
    bytes: 15728640
    deleted: 0
source:
  description: Objects and bytes that the listing of the new container shows.
  returned: always
  type: dict
  sample:
    objects: 56445
    bytes: 27374182400
destination:
  description: Objects and bytes that the listing of the old container showed before the run.
  returned: always
  type: dict
  sample:
    objects: 54946
    bytes: 26639130624
seconds:
  description: How long the run took.
  returned: always
  type: float
  sample: 17.204
estimate_error:
  description: By how many seconds the estimates of the time left were wrong, on average. Null if
    there was none, as in a short run, and if the run did not come to its end.
  returned: always
  type: float
  sample: 1.4
objects_per_second:
  description: Objects copied, replaced and refreshed in a second.
  returned: always
  type: float
  sample: 87.2
failures:
  description: The first 20 objects that failed, and why. O(report) gets all.
  returned: always
  type: list
  elements: dict
  sample:
    - name: chris/feed_12/data/0001.dcm
      reason: "source answered 403 to GET http://swift.example.org:8080/v1/AUTH_chris/users/chris/feed_12/data/0001.dcm."
unreadable:
  description:
    - The first 20 objects that the new container lists but does not give, and why. Those that were
      not accepted come first, and make the module fail. O(report) gets all.
    - C(side) is the option that names the container.
  returned: always
  type: list
  elements: dict
  sample:
    - name: chris/feed_7/data/0042.dcm
      side: destination
      reason: container 'cube_users' lists it, but answers 404 to GET and HEAD
      accepted: false
unlisted:
  description: The first 20 objects that the new container's listing lacks and its server gives all
    the same. They were left alone in the old container. O(report) gets all.
  returned: always
  type: list
  elements: str
  sample: []
symlinks:
  description: What became of symlinks, as M(fnndsc.swift_migration.swift_sync) tells it.
  returned: always
  type: dict
  sample: {symlinks: 0, objects: 0, dangling: 0, first_objects: {}, first_dangling: {}}
notice:
  description: Why nothing was done, why nothing was deleted, or what was left alone though the new
    container does not list it. Empty otherwise.
  returned: always
  type: str
  sample: ""
report:
  description: Path of the file with the full list.
  returned: always
  type: str
  sample: /var/log/migration.jsonl
record:
  description: Path of the record of the run, on the host that runs the module. Empty in check mode,
    and when nothing was begun.
  returned: always
  type: str
  sample: /home/chris/.local/state/fnndsc.swift_migration/runs/20261129T112000Z-rollback-1a2b3c4d.json
objects_list:
  description: Path of the list of its objects, compressed, beside RV(record).
  returned: always
  type: str
  sample: /home/chris/.local/state/fnndsc.swift_migration/runs/20261129T112000Z-rollback-1a2b3c4d.jsonl.gz
kept_record:
  description: Path of the copy of RV(record) on the controller.
  returned: when O(controller_history) is set and the run was recorded
  type: str
  sample: /home/chris/.local/state/fnndsc.swift_migration/history/20261129T112000Z-rollback-1a2b3c4d.json
kept_list:
  description: Path of the copy of RV(objects_list) on the controller.
  returned: when O(controller_history) is set and the run was recorded
  type: str
  sample: /home/chris/.local/state/fnndsc.swift_migration/history/20261129T112000Z-rollback-1a2b3c4d.jsonl.gz
"""

from typing import Any

from ansible_collections.fnndsc.swift_migration.plugins.module_utils._argspec import (
    history_options,
    progress_options,
    segment_options,
    timetable_options,
    unreadable_options,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._module import Module
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._pair import (
    asker_from_params,
    pair_from_params,
    pair_options,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._sync.options import (
    SyncOptions,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._sync.rollback import Rollback


def argument_spec() -> dict[str, Any]:
    """Give the module's argument specification."""
    return {
        **pair_options(),
        **progress_options(),
        **history_options(),
        **unreadable_options(),
        **segment_options(),
        **timetable_options(),
        "max_delete": {"type": "str", "default": "10%"},
        "concurrency": {"type": "int", "default": 64},
        "bandwidth_limit": {"type": "int", "default": 0},
        "requests_per_second": {"type": "float", "default": 0},
        "report": {"type": "path"},
        "lock_timeout": {"type": "int", "default": 3600},
    }


def make_rollback(params: dict[str, Any], *, check: bool, ansible_core: str = "") -> Rollback:
    """Make the run that the module's parameters ask for."""
    connections, options = pair_from_params(params)
    options.pop("controller_history", None)  # for the action, on the controller
    options["asker"] = asker_from_params(params, ansible_core)
    return Rollback(*connections, SyncOptions(**options, check=check))


def main() -> None:
    """Run the module."""
    module = Module(argument_spec=argument_spec(), supports_check_mode=True)
    rollback = make_rollback(
        module.params, check=module.check_mode, ansible_core=module.ansible_version
    )
    try:
        with module.ending_well():
            rollback.run()
        rollback.report.raise_for_failures()
    except MigrationError as error:
        module.fail_json(msg=str(error), **rollback.result())
    module.exit_json(diff=rollback.report.diff(), **rollback.result())


if __name__ == "__main__":
    main()
