# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Ansible module swift_sync."""

from __future__ import annotations

DOCUMENTATION = r"""
module: swift_sync
short_description: Make a container hold what a container of another cloud holds
version_added: 0.1.0
description:
  - Compares the listings of two containers and copies the objects that are missing or have
    changed, each by one GET streamed into one PUT, its bytes checked on both sides.
  - Everything about an object goes with it. Its name, bytes, content type, content encoding,
    content disposition, cache control, time of deletion and all metadata.
  - Static and dynamic large objects stay what they are. Their segments go to a container of
    their own that keeps its suffix, C(users_segments) to C(NEW_segments) when C(users) goes to
    C(NEW).
  - An object larger than the destination takes in one PUT becomes a static large object there. A
    manifest that the destination can not hold is replaced by one of equal bytes.
  - A large object whose connection breaks goes on where it broke. Only when it is the destination's
    that breaks five times in mid-body, an object of 64 MiB or more becomes a static large object,
    whose segments stay from run to run.
  - A symlink to an object of the container stays a symlink, if the destination knows these, and
    leads to the object's copy. Any other one becomes an object with what it leads to, which is read
    only where O(segment_containers) allows it. RV(symlinks) counts them. Each is asked for by HEAD
    in every run, as its target may change without its listing showing that.
  - When there is nothing to do, no object that is no symlink is requested on either side.
  - It may be broken off at any time. The next run goes on from there.
  - Writes nothing to the source.
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
    details: Reads both listings and counts what a run would do. It asks the source by HEAD for
      each object to be copied, as a listing shows lost ones, too, and for each to be deleted.
      Segments are counted of dynamic large objects that were copied before, not of large objects
      that are to be copied.
  diff_mode:
    support: full
    details: Shows the names of up to 20 objects that change, and how many more there are.
options:
  prefix:
    description: Compare and copy only the objects whose names begin with this.
    type: str
    default: ''
  prune:
    description:
      - Delete the objects of the destination that the source does not have, but for those that
        the destination had before this migration. They are left alone, unless a run has found them
        equal to the source's and taken them over.
      - Nothing is deleted after an incomplete listing, after an empty one of the source, or
        when an object could not be copied. Each is asked for at the source once more before it
        is deleted. What the source gives, though its listing lacks it, is left alone and named in
        RV(unlisted).
    type: bool
    default: false
  accept_extra:
    description:
      - Whether a migration may begin in a container that holds objects which the source does not
        have. By default it is refused before anything is copied, in check mode, too.
      - These objects are left alone, even with O(prune=true). A comparison without
        O(fnndsc.swift_migration.swift_compare#module:ignore_extra) counts them as differences.
    type: bool
    default: false
  max_delete:
    description: How many objects O(prune=true) may delete, as a count or as a percentage of the
      destination's objects. If there are more, none is deleted and the module fails. Segments of
      dynamic large objects count, too.
    type: str
    default: 10%
  concurrency:
    description: How many objects may be copied at once. The module finds the best number up to
      this by itself, and goes lower when a server asks for fewer requests.
    type: int
    default: 64
  bandwidth_limit:
    description: How many bytes a second may be read from the source, which serves production
      meanwhile. V(0) is no limit.
    type: int
    default: 0
  requests_per_second:
    description: How many requests a second may be sent to the source. V(0) is no limit.
    type: float
    default: 0
  copy_again:
    description:
      - Path of a file on the host that runs the module, with names of objects to copy whatever the
        listings show, because their copies were found lost or damaged. It has one name a line, or
        it is the O(fnndsc.swift_migration.swift_compare#module:report) of a comparison.
      - It may also be the list of all objects of a run, RV(objects_list), of a comparison or of a
        copy. Of it, the names count that were not right in the end.
      - All segments of a large object are copied again.
    type: path
  report:
    description: Path of a file on the host that runs the module. It gets one line of JSON for
      each object that was not simply kept, with its name and what became of it. An existing one
      is overwritten.
    type: path
  controller_report:
    description:
      - Path of a file on the controller. It gets what the module returned, as JSON, also
        when objects failed. Not in check mode, nor when the destination is in use (RV(in_use)).
      - An existing one is replaced. Beside it a copy stays whose name has the moment, see
        RV(kept_at).
    type: str
  lock_timeout:
    description: How many seconds to wait for another run on the same host between the same
      containers. It may be one whose playbook was broken off.
    type: int
    default: 86400
author:
  - fnndsc.swift_migration contributors (@FNNDSC)
"""

EXAMPLES = r"""
- name: Copy what is new or has changed
  fnndsc.swift_migration.swift_sync:
    source:
      auth_type: v1password
      auth:
        auth_url: http://swift.example.org:8080/auth/v1.0
        username: chris:chris1234
        password: "{{ vault_old_swift_key }}"
      container: users
    destination:
      openrc: ~/app-cred-cube-openrc.sh
      container: cube_users

- name: Say what the last copy before the cutover would do, deletes included
  fnndsc.swift_migration.swift_sync:
    source: "{{ old_swift | combine({'container': 'users'}) }}"
    destination: "{{ nerc | combine({'container': 'cube_users'}) }}"
    prune: true
    max_delete: 2%
  check_mode: true
  diff: true
"""

RETURN = r"""
stopped:
  description: Whether M(fnndsc.swift_migration.migration_control) has stopped it, so that it failed.
  returned: always
  type: bool
  sample: false
objects:
  description: How many objects ended how.
  returned: always
  type: dict
  contains:
    copied:
      description: The destination did not have them.
      type: int
      returned: always
      sample: 1499
    replaced:
      description: The destination had other bytes under their names.
      type: int
      returned: always
      sample: 1
    refreshed:
      description: Their bytes were right, their content type or metadata were not.
      type: int
      returned: always
      sample: 0
    deleted:
      description: The source does not have them, and O(prune=true).
      type: int
      returned: always
      sample: 0
    extra:
      description: The source does not have them. They were left alone; with O(prune=true) because
        the destination had them before this migration.
      type: int
      returned: always
      sample: 0
    unlisted:
      description: The source gives them, but does not list them. They were left alone. They are
        looked for with O(prune=true) only; see RV(unlisted).
      type: int
      returned: always
      sample: 0
    kept:
      description: They were right already.
      type: int
      returned: always
      sample: 54945
    vanished:
      description: They were listed by the source and deleted before they could be read.
      type: int
      returned: always
      sample: 0
    expired:
      description: The source still lists them, but their time of deletion has passed. It was seen
        when they were copied before.
      type: int
      returned: always
      sample: 0
    unreadable:
      description: The source lists them but does not give them. They make the module fail, unless
        O(accept_unreadable) names them.
      type: int
      returned: always
      sample: 0
    failed:
      description: They could not be copied. The destination does not have them, or has them as
        they were before.
      type: int
      returned: always
      sample: 0
bytes_copied:
  description: Bytes of the objects copied, replaced and refreshed.
  returned: always
  type: int
  sample: 735051776
segments:
  description: Segments of large objects that were copied, their bytes, and the segments of dynamic
    large objects that were deleted. In check mode only for dynamic ones that were copied before.
  returned: always
  type: dict
  sample:
    copied: 3
    bytes: 15728640
    deleted: 0
source:
  description: Objects and bytes that the source's listing shows.
  returned: always
  type: dict
  sample:
    objects: 56445
    bytes: 27374182400
destination:
  description: Objects and bytes that the destination's listing showed before the run.
  returned: always
  type: dict
  sample:
    objects: 54946
    bytes: 26639130624
counted:
  description:
    - What both servers count, segments of large objects aside. A run that writes asks for it in the
      end, one that has nothing to write in the beginning only. A large object counts with the bytes
      of its manifest. Null in check mode and when objects failed.
    - The module fails if the destination counts fewer objects than were found there and put there,
      but for those whose time of deletion was seen when they were copied, and has come since.
  returned: always
  type: dict
  sample:
    source: {objects: 56445, bytes: 27374182400}
    destination: {objects: 56445, bytes: 27374182400}
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
    - The first 20 objects that the source lists but does not give, and why. Those that were not
      accepted come first, and make the module fail. O(report) gets all.
    - C(side) is the option that names the container.
  returned: always
  type: list
  elements: dict
  sample:
    - name: chris/feed_7/data/0042.dcm
      side: source
      reason: container 'users' lists it, but answers 404 to GET and HEAD
      accepted: false
unlisted:
  description: The first 20 objects that the source's listing lacks and the source gives all the
    same. O(prune=true) has left them alone. O(report) gets all.
  returned: always
  type: list
  elements: str
  sample: []
symlinks:
  description:
    - C(symlinks) counts those that are symlinks at the destination, C(objects) those that became
      objects, and C(dangling) those that lead to nothing, and were copied so.
    - C(first_objects) and C(first_dangling) name the first 20 of them, and what they lead to.
    - One that leads to nothing and cannot stay a symlink is in RV(unreadable).
  returned: always
  type: dict
  sample:
    symlinks: 4
    objects: 0
    dangling: 1
    first_objects: {}
    first_dangling: {chris/latest: users/chris/feed_12}
in_use:
  description: Whether the destination is in use since its cutover, or about to be, so that nothing
    was compared, copied or deleted. RV(notice) tells why.
  returned: success
  type: bool
  sample: false
notice:
  description: Why nothing was done, why nothing was deleted, what was left alone because the source
    does not list it or because the destination had it before, and which symlinks became objects or
    lead to nothing. Empty otherwise.
  returned: always
  type: str
  sample: ""
kept_at:
  description: Path of the copy of O(controller_report) that no later run replaces.
  returned: when O(controller_report) was written
  type: str
  sample: /home/chris/swift-migration-dmz-20261129T112000Z.json
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
  sample: /home/chris/.local/state/fnndsc.swift_migration/runs/20261129T112000Z-migrate-1a2b3c4d.json
objects_list:
  description: Path of the list of its objects, compressed, beside RV(record).
  returned: always
  type: str
  sample: /home/chris/.local/state/fnndsc.swift_migration/runs/20261129T112000Z-migrate-1a2b3c4d.jsonl.gz
kept_record:
  description: Path of the copy of RV(record) on the controller.
  returned: when O(controller_history) is set and the run was recorded
  type: str
  sample: /home/chris/.local/state/fnndsc.swift_migration/history/20261129T112000Z-migrate-1a2b3c4d.json
kept_list:
  description: Path of the copy of RV(objects_list) on the controller.
  returned: when O(controller_history) is set and the run was recorded
  type: str
  sample: /home/chris/.local/state/fnndsc.swift_migration/history/20261129T112000Z-migrate-1a2b3c4d.jsonl.gz
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
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._sync.sync import Sync


def argument_spec() -> dict[str, Any]:
    """Give the module's argument specification."""
    return {
        **pair_options(),
        **progress_options(),
        **history_options(),
        **unreadable_options(),
        **segment_options(),
        **timetable_options(),
        "prefix": {"type": "str", "default": ""},
        "prune": {"type": "bool", "default": False},
        "accept_extra": {"type": "bool", "default": False},
        "max_delete": {"type": "str", "default": "10%"},
        "concurrency": {"type": "int", "default": 64},
        "bandwidth_limit": {"type": "int", "default": 0},
        "requests_per_second": {"type": "float", "default": 0},
        "copy_again": {"type": "path"},
        "report": {"type": "path"},
        "controller_report": {"type": "str"},
        "lock_timeout": {"type": "int", "default": 86400},
    }


def make_sync(params: dict[str, Any], *, check: bool, ansible_core: str = "") -> Sync:
    """Make the run that the module's parameters ask for."""
    connections, options = pair_from_params(params)
    for name in ("controller_report", "controller_history"):  # for the action, on the controller
        options.pop(name, None)
    options["asker"] = asker_from_params(params, ansible_core)
    return Sync(*connections, SyncOptions(**options, check=check))


def main() -> None:
    """Run the module."""
    module = Module(argument_spec=argument_spec(), supports_check_mode=True)
    sync = make_sync(module.params, check=module.check_mode, ansible_core=module.ansible_version)
    try:
        with module.ending_well():
            sync.run()
        sync.report.raise_for_failures()
    except MigrationError as error:
        module.fail_json(msg=str(error), **sync.report.result())
    module.exit_json(diff=sync.report.diff(), in_use=sync.in_use, **sync.report.result())


if __name__ == "__main__":
    main()
