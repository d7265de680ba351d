# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Tell which storage CUBE uses, and whether it works."""

from __future__ import annotations

DOCUMENTATION = r"""
module: cube_storage_info
short_description: Tell which storage CUBE and pfcon use, and whether it works
version_added: 0.1.0
author:
  - fnndsc.swift_migration contributors (@FNNDSC)
description:
  - Tells which services run and whether they have the new storage, the old one, or neither quite,
    by the files and by the environment that the running ones really have.
  - With O(expect), fails unless all services run with that storage and it answers to them.
  - With O(checks), tells all that is wrong before a cutover, and does not fail for it.
  - Changes nothing.
extends_documentation_fragment:
  - fnndsc.swift_migration.cube
  - fnndsc.swift_migration.attributes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: none
  action_group:
    support: full
    membership:
      - fnndsc.swift_migration.cube
options:
  preflight:
    description:
      - Whether to fail when something is missing that stopping, switching or starting needs. All
        that is missing is told.
    type: bool
    default: false
  checks:
    description:
      - Whether to make the looks of O(preflight) and give what each of them found, instead of
        failing.
      - With it, RV(checks) is all that is returned.
    type: bool
    default: false
  moved:
    description:
      - The container that a migration moves, with O(preflight) or O(checks). Each service must keep
        its files there, by the environment of its process and by what the storage answers to it,
        unless it has the new storage already.
    type: dict
    suboptions:
      container:
        description: Its name.
        type: str
        required: true
      storage_url:
        description: The URL of its account, as the mover reaches it.
        type: str
        required: true
      identity:
        description: What M(fnndsc.swift_migration.swift_container_info) calls C(identity).
        type: str
        required: true
  rehearse:
    description:
      - Whether to try the new storage from within each service that runs, with the variables that
        it would get. A small program logs in, looks at the container, and reads one page of its
        listing.
      - What it finds is no failure of the module. In check mode a container that is missing is
        worth a warning only.
      - With it, RV(checks) is all that is returned.
    type: bool
    default: false
  expect:
    description:
      - The storage that the running services must have.
      - A small program runs in the environment of each service. It logs in with the service's
        storage variables, looks at the container, and reads one page of its listing.
    type: str
    choices: [new, old]
  expected_objects:
    description:
      - How many objects the container had before the services were started, with O(expect), or
        has now, with O(rehearse), which counts to 1000 at most.
      - A tenth of them, or ten, may be missing, as CUBE deletes what its users tell it to. At
        least one must be there.
    type: int
    default: 0
  health_urls:
    description:
      - URLs that must answer with status 200, of CUBE and of pfcon.
      - With O(expect) they are asked first. With O(preflight) and O(checks) they are asked when all
        services run, and must answer within a few seconds.
    type: list
    elements: str
    default: []
  health_timeout:
    description:
      - Seconds that each of O(health_urls) gets, with O(expect), and then each in-network pfcon of
        this deployment that CUBE's database knows, until it answers to CUBE.
    type: int
    default: 300
  stay_up:
    description:
      - Seconds from the last answer of O(health_urls) in which each service must neither end nor be
        started again, with O(expect).
    type: int
    default: 5
"""

EXAMPLES = r"""
- name: Try the new storage from within each service, while all of them run
  fnndsc.swift_migration.cube_storage_info:
    deployment: systemd
    settings:
      units: [chris.service, chris-worker.service]
    env_files: [/etc/chris/storage.env]
    variables: "{{ new_storage_variables }}"
    rehearse: true
- name: See whether CUBE works with the new storage
  fnndsc.swift_migration.cube_storage_info:
    deployment: systemd
    settings:
      units: [chris.service, chris-worker.service]
    env_files: [/etc/chris/storage.env]
    variables: "{{ new_storage_variables }}"
    names: "{{ new_storage_variables.keys() | list }}"
    expect: new
    expected_objects: 278086
    health_urls: [http://localhost:8000/api/v1/]
"""

RETURN = r"""
running:
  description: The services that run.
  returned: success, without O(checks) or O(rehearse)
  type: list
  elements: str
  sample: [chris, worker]
storage:
  description: V(new), V(old), or V(mixed), when not everything has the same.
  returned: success, without O(checks) or O(rehearse)
  type: str
  sample: new
stale:
  description: For each running service that has not what is configured, the names of the variables.
  returned: success, without O(checks) or O(rehearse)
  type: dict
  sample: {}
notices:
  description: What the user should know, a sentence each.
  returned: with O(preflight) or O(expect)
  type: list
  elements: str
  sample:
    - "These jobs of pfcon run, and may write: chris-jid-14. A stop waits for them,
      cube_storage_stop_timeout seconds, and fails if one still runs"
checks:
  description:
    - What each look found. C(verdict) is V(ok), V(warning), after which somebody has to decide, or
      V(failure), after which a cutover would fail or lose something.
  returned: with O(checks) or O(rehearse)
  type: list
  elements: dict
  sample:
    - name: env files of CUBE
      verdict: failure
      seen: "cube_storage_env_files: /opt/chris/secrets.env does not exist"
      remedy: Name env files that the services read
services:
  description:
    - What the storage answered to each service. Objects are counted until there are enough for
      O(expected_objects).
  returned: with O(expect)
  type: dict
  sample:
    chris:
      backend: s3
      container: cube-users
      objects: 278086
"""

import time
from typing import Any

from ansible_collections.fnndsc.swift_migration.plugins.module_utils._check import Check, attempt
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.checks import (
    check,
    status,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.health import (
    confirm_up,
    incarnations,
    wait_until_healthy,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.pfcons import (
    wait_for_pfcons,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.preflight import (
    Preflight,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.rehearsal import (
    Rehearsal,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.storage_in_use import (
    MovedContainer,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.storage_switch import (
    StorageSwitch,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube_params import (
    cube_options,
    storage_switch,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._module import Module


def run(module: Module) -> dict[str, Any]:
    """Answer what the parameters ask for."""
    params = module.params
    if params["checks"] or params["rehearse"]:
        return {"changed": False, "checks": [check.to_dict() for check in make_checks(module)]}
    switch = storage_switch(module)
    result: dict[str, Any] = {"changed": False}
    if params["preflight"]:
        result["notices"] = preflight(module, switch).notices()
    if params["expect"]:
        for url in params["health_urls"]:
            wait_until_healthy(url, params["health_timeout"])
        before, until = incarnations(switch.deployed), time.monotonic() + params["stay_up"]
        result["services"] = check(switch, params["expect"], params["expected_objects"])
        result["notices"] = wait_for_pfcons(switch.deployed, params["health_timeout"])
        time.sleep(max(until - time.monotonic(), 0))
        confirm_up(switch.deployed, before)
    found = status(switch)
    return {**result, "running": found.running, "storage": found.storage, "stale": found.stale}


def make_checks(module: Module) -> list[Check]:
    """Make the looks asked for; what the parameters describe may itself be what is wrong."""
    return attempt("description of CUBE", lambda: look(module, storage_switch(module)))


def look(module: Module, switch: StorageSwitch) -> list[Check]:
    """What was found at the services as they are, and at the storage that they would get."""
    params = module.params
    found = preflight(module, switch).checks() if params["checks"] else []
    if params["rehearse"]:
        rehearsal = Rehearsal(switch, params["expected_objects"], before_copy=module.check_mode)
        found += attempt("new storage", rehearsal.checks)
    return found


def preflight(module: Module, switch: StorageSwitch) -> Preflight:
    """What is looked at before a cutover."""
    params = module.params
    moved = MovedContainer(**params["moved"]) if params["moved"] else None
    return Preflight(switch, moved, params["health_urls"])


def main() -> None:
    """Run the module."""
    module = Module(
        argument_spec={
            **cube_options(),
            "preflight": {"type": "bool", "default": False},
            "checks": {"type": "bool", "default": False},
            "moved": {
                "type": "dict",
                "options": {
                    name: {"type": "str", "required": True}
                    for name in ("container", "storage_url", "identity")
                },
            },
            "rehearse": {"type": "bool", "default": False},
            "expect": {"type": "str", "choices": ["new", "old"]},
            "expected_objects": {"type": "int", "default": 0},
            "health_urls": {"type": "list", "elements": "str", "default": []},
            "health_timeout": {"type": "int", "default": 300},
            "stay_up": {"type": "int", "default": 5},
        },
        mutually_exclusive=[
            ("checks", "preflight"),
            ("checks", "expect"),
            ("rehearse", "preflight"),
            ("rehearse", "expect"),
        ],
        supports_check_mode=True,
    )
    try:
        result = run(module)
    except MigrationError as error:
        module.fail_json(msg=str(error))
    module.exit_json(**result)


if __name__ == "__main__":
    main()
