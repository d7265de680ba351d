# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Ansible module swift_preflight."""

from __future__ import annotations

DOCUMENTATION = r"""
module: swift_preflight
short_description: Tell before a migration whether it will work, and how long it will take
version_added: 0.1.0
description:
  - Logs in to both clouds, and looks at both containers, quotas, limits, clocks, and at the folder
    in which a migration remembers things on the host that runs the module.
  - Reads the listing of the source once. A sample of its objects is looked at by HEAD.
  - Copies a sample into a scratch container of the destination, which is removed again. Of each of
    three kinds of size it copies at most 1,000 objects, 256 MiB, and what begins within six
    seconds; one object is copied even if that takes longer under O(bandwidth_limit). What a killed
    run left is removed by the next one. Without O(measure) nothing is written.
  - Writes nothing to the source, and nothing to the destination container.
  - A check that fails is told in RV(checks). It makes neither the module fail nor other checks not
    be made.
extends_documentation_fragment:
  - fnndsc.swift_migration.attributes
  - fnndsc.swift_migration.pair
  - fnndsc.swift_migration.segments
  - fnndsc.swift_migration.timetable
attributes:
  check_mode:
    support: full
    details: It changes nothing in any mode. In check mode nothing is measured.
  diff_mode:
    support: N/A
    details: It changes nothing.
options:
  s3:
    description: Whether CUBE is to read its objects over S3, so that names must be such that
      django-storages does not change them.
    type: bool
    default: false
  front:
    description: Address by which the application reaches the destination's object store, where it
      is another one than the migration's. It is only asked whether names stay as they are there.
    type: str
  measure:
    description: Whether to copy a sample into a scratch container, which also shows whether names
      stay as they are, and whether the login may make containers. Where the account's quota leaves
      less than 768 MiB, nothing is copied, which is told.
    type: bool
    default: true
  accept_extra:
    description: Whether the destination may hold objects that the source does not have, as
      O(fnndsc.swift_migration.swift_sync#module:accept_extra).
    type: bool
    default: false
  carry:
    description: Which settings the destination is to take over from the source, as
      O(fnndsc.swift_migration.swift_container#module:carry).
    type: list
    elements: str
    choices: [metadata, cors, web, quotas, temp_url_keys, versioning]
    default: [metadata, cors, web]
  proof_share:
    description: Of how many objects the proof is to read the bytes, between 0 and 1. It counts for
      the downtime.
    type: float
    default: 0.01
  stop_seconds:
    description: How long the application takes to stop, if that is known.
    type: float
  start_seconds:
    description: How long the application takes to start and to answer, if that is known.
    type: float
  concurrency:
    description: How many objects may be copied at once, as in the migration.
    type: int
    default: 64
  bandwidth_limit:
    description: How many bytes a second may be read from the source, as in the migration. V(0) is
      no limit.
    type: int
    default: 0
  requests_per_second:
    description: How many requests a second may be sent to the source, as in the migration. V(0) is
      no limit.
    type: float
    default: 0
  state_dir:
    description: Folder on the host that runs the module in which the migration remembers things. It
      is tried, and holds a lock that keeps two measurements apart.
    type: path
    default: ~/.local/state/fnndsc.swift_migration
author:
  - fnndsc.swift_migration contributors (@FNNDSC)
seealso:
  - module: fnndsc.swift_migration.swift_sync
"""

EXAMPLES = r"""
- name: Look at both clouds before a migration
  fnndsc.swift_migration.swift_preflight:
    source: "{{ old_swift | combine({'container': 'users'}) }}"
    destination: "{{ nerc | combine({'container': 'cube_users'}) }}"
    s3: true
  register: looked

- name: End if anything would fail
  ansible.builtin.assert:
    that: looked.checks | selectattr('verdict', 'eq', 'failure') | length == 0
"""

RETURN = r"""
checks:
  description: What was looked at.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: What it was.
      type: str
      returned: success
      sample: quota of the destination's account
    verdict:
      description: V(ok); V(warning) when somebody has to decide; V(failure) when a migration or a
        cutover would fail, or lose something.
      type: str
      returned: success
      sample: failure
    seen:
      description: What was found.
      type: str
      returned: success
      sample: it is 20.00 GiB, but 25.49 GiB are needed
    remedy:
      description: What to do, empty if nothing is to be done.
      type: str
      returned: success
      sample: Ask for a quota of at least 26 GiB and 56,445 objects
moved:
  description:
    - The container that is migrated, as O(fnndsc.swift_migration.cube_storage_info#module:moved)
      takes it. Null if it could not be asked.
  returned: success
  type: dict
  sample:
    container: users
    storage_url: http://localhost:8080/v1/AUTH_chris
    identity: AUTH_chris/users@1411498096.24
survey:
  description: What the source's listing shows. Null if it could not be read.
  returned: success
  type: dict
  sample:
    objects: 56445
    bytes: 27374182400
    longest_name: 181
    largest: 734003200
    empty: 12
    large: 0
    symlinks: 0
    changed_names: 2
    sizes: [{below: 4096, objects: 56400, bytes: 115507200}]
forecast:
  description:
    - How long a migration will take. Each time has its likely value in C(seconds), and a range from
      C(low) to C(high). Null if the listing could not be read.
    - C(first_copy), C(hourly_copy) and C(rates) are null if nothing was measured. C(hourly_copy) is
      the time to copy what is changed in an hour.
    - C(downtime) is the sum of its C(steps), but for those that C(not_measured) names.
    - What is changed in an hour is taken from the times in the listing. What was deleted is not
      among it.
  returned: success
  type: dict
  sample:
    objects: 56445
    bytes: 27374182400
    rates: {objects_per_second: 310.5, bytes_per_second: 98500000}
    listing_seconds: 4.1
    first_copy: {low: 342.1, seconds: 443.9, high: 578.2}
    changes_per_hour:
      usual: {objects: 31, bytes: 16252928}
      busiest: {objects: 412, bytes: 216006656}
    hourly_copy: {low: 0.2, seconds: 0.3, high: 4.6}
    downtime:
      low: 12.1
      seconds: 16.8
      high: 33.0
      steps: [{name: the application stops, low: null, seconds: null, high: null}]
      not_measured: [the application stops]
"""

from typing import Any

from ansible_collections.fnndsc.swift_migration.plugins.module_utils._argspec import (
    segment_options,
    timetable_options,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cloud.connection import (
    Connection,
    ConnectionOptions,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.carried_settings import (
    BY_DEFAULT,
    KINDS,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.state_dir import (
    STATE_DIR,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._module import Module
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._pair import (
    pair_from_params,
    pair_options,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._preflight.forecast import (
    PROVED,
    Application,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._preflight.options import (
    PreflightOptions,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._preflight.preflight import (
    Preflight,
)


def argument_spec() -> dict[str, Any]:
    """Give the module's argument specification."""
    return {
        **pair_options(),
        **segment_options(),
        **timetable_options(),
        "s3": {"type": "bool", "default": False},
        "front": {"type": "str"},
        "measure": {"type": "bool", "default": True},
        "accept_extra": {"type": "bool", "default": False},
        "carry": {
            "type": "list",
            "elements": "str",
            "choices": list(KINDS),
            "default": list(BY_DEFAULT),
        },
        "proof_share": {"type": "float", "default": PROVED},
        "stop_seconds": {"type": "float"},
        "start_seconds": {"type": "float"},
        "concurrency": {"type": "int", "default": 64},
        "bandwidth_limit": {"type": "int", "default": 0},
        "requests_per_second": {"type": "float", "default": 0},
        "state_dir": {"type": "path", "default": STATE_DIR},
    }


def make_preflight(params: dict[str, Any], *, check: bool) -> Preflight:
    """Make the preflight that the module's parameters ask for."""
    connections, options = pair_from_params(params)
    front = options.pop("front")
    application = Application(options.pop("stop_seconds"), options.pop("start_seconds"))
    options["measure"] = options["measure"] and not check
    return Preflight(
        *connections,
        PreflightOptions(**options, application=application),
        front and _front(params["destination"], front),
    )


def _front(login: dict[str, Any], address: str) -> Connection:
    options = ConnectionOptions.from_params({**login, "storage_url": address}, "destination")
    return Connection(options)


def main() -> None:
    """Run the module."""
    module = Module(argument_spec=argument_spec(), supports_check_mode=True)
    preflight = make_preflight(module.params, check=module.check_mode)
    try:
        with module.ending_well():
            preflight.run()
    except MigrationError as error:
        module.fail_json(msg=str(error))
    module.exit_json(changed=False, **preflight.result())


if __name__ == "__main__":
    main()
