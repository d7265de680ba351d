# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Set and remove variables of an env file."""

from __future__ import annotations

DOCUMENTATION = r"""
module: dotenv
short_description: Set and remove variables of an env file
version_added: 0.1.0
author:
  - fnndsc.swift_migration contributors (@FNNDSC)
description:
  - Sets and removes variables of a file as C(env_file) of Docker Compose, C(EnvironmentFile) of
    systemd and C(. FILE) of shells read it. Comments, order and all other lines stay as they are,
    byte for byte.
  - What it writes means the same to Docker Compose v2, shells and systemd. A value is quoted
    where that is needed, in the style that its line had. A value that no quoting makes the same
    for all three is refused.
  - A line whose value these three do not read alike counts as different from every value, and is
    written anew.
extends_documentation_fragment:
  - ansible.builtin.files
  - fnndsc.swift_migration.attributes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
    details: The names of the variables are shown, their values never.
  action_group:
    support: none
    membership: []
options:
  path:
    description:
      - The env file.
      - If it is a symbolic link, the file behind it is changed and the link stays.
    type: path
    required: true
  values:
    description:
      - The variables to set, each with its value, which is text. Of a whole number the digits are
        taken; quote one that begins with V(0), for YAML reads it as octal.
      - No value appears in the output, in a diff, in a message or in the system log, whatever the
        verbosity.
      - Where a variable stands several times, the last one counts for all readers and is the one
        that is changed. The earlier lines stay.
      - A new variable is added at the end.
    type: dict
  absent:
    description:
      - The variables to remove, with each line that gives them a value.
    type: list
    elements: str
  backup:
    description:
      - Whether to keep a copy of the file beside it before its content changes.
      - The copy belongs to the user who runs this, with mode V(0600), and has the time in its
        name.
    type: bool
    default: false
  create:
    description:
      - Whether to create the file when it is missing. Without it a missing file is an error.
    type: bool
    default: false
  mode:
    description:
      - The permissions of the file, for example V('0640'). Without it an existing file keeps its
        own, and a new one gets V(0600).
  owner:
    description:
      - The user who owns the file. Without it an existing file keeps its owner.
  group:
    description:
      - The group that owns the file. Without it an existing file keeps its group.
notes:
  - Docker's own parser, in C(docker run --env-file) and C(docker stack deploy), takes quotes as a
    part of the value. A value of letters, digits and C(_./:@%+,=-) is written without quotes on a
    new line, and on a line that had none, and then means the same there too.
  - Shells take the carriage return of a line that ends in CRLF for a part of the value. systemd
    knows neither C(export) nor a comment behind a value. Lines that have these keep them.
  - A shell script that does more than to assign is not an env file. A line with more than one
    statement is left alone, and to set or remove a variable there is an error.
seealso:
  - module: ansible.builtin.lineinfile
"""

EXAMPLES = r"""
- name: Point CUBE at the new storage
  fnndsc.swift_migration.dotenv:
    path: /opt/chris/secrets.env
    values:
      STORAGE_ENV: s3
      S3_ENDPOINT_URL: https://stack.nerc.mghpcc.org:13808
      S3_SECRET_KEY: "{{ vault_s3_secret_key }}"
    absent:
      - DEFAULT_FILE_STORAGE
    backup: true

- name: Give a service an env file of its own
  fnndsc.swift_migration.dotenv:
    path: /etc/chris/storage.env
    create: true
    owner: root
    group: chris
    mode: "0640"
    values:
      SWIFT_CONTAINER_NAME: users
"""

RETURN = r"""
path:
  description: The file, links resolved.
  returned: success
  type: str
  sample: /opt/chris/secrets.env
added_keys:
  description: The variables that were not in the file.
  returned: success
  type: list
  elements: str
  sample: [S3_ENDPOINT_URL, S3_SECRET_KEY]
changed_keys:
  description: The variables that were in the file and got another value.
  returned: success
  type: list
  elements: str
  sample: [STORAGE_ENV]
removed_keys:
  description: The variables that were removed.
  returned: success
  type: list
  elements: str
  sample: [DEFAULT_FILE_STORAGE]
backup_file:
  description: The copy of the file as it was.
  returned: when one was made
  type: str
  sample: /opt/chris/secrets.env.20261122T144500Z.bak
"""

import contextlib
import os
from pathlib import Path
from typing import Any

from ansible_collections.fnndsc.swift_migration.plugins.module_utils._dotenv import Edit, edit
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._file_replacement import (
    back_up,
    read,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._module import Module


def outline(done: Edit, header: str) -> dict[str, str]:
    """A diff of names: other lines may hold secrets too, in comments for instance."""
    before = [f"{name}=(hidden)\n" for name in (*done.changed, *done.removed)]
    after = [f"{name}=(hidden, changed)\n" for name in done.changed]
    after += [f"{name}=(hidden, added)\n" for name in done.added]
    return {
        "before_header": header,
        "after_header": header,
        "before": "".join(before),
        "after": "".join(after),
    }


def run(module: Module) -> dict[str, Any]:
    """Change the file, and tell the names that were changed."""
    params = module.params
    (values,) = module.take_values("values")
    path = Path(os.path.realpath(params["path"]))
    before = read(path, create=params["create"])
    done = edit(before or b"", values, params["absent"] or ())
    changed = done.content != before
    result: dict[str, Any] = {
        "path": str(path),
        "added_keys": done.added,
        "changed_keys": done.changed,
        "removed_keys": done.removed,
    }
    if changed and not module.check_mode:
        if params["backup"] and before is not None:
            result["backup_file"] = back_up(path, before)
        try:
            module.replace_file(path, done.content, unsafe_writes=params["unsafe_writes"])
        except MigrationError:
            with contextlib.suppress(KeyError):
                Path(result["backup_file"]).unlink()
            raise
    attributes: dict[str, Any] = {}
    wanted = module.load_file_common_arguments(params, path=str(path))
    result["changed"] = module.set_fs_attributes_if_different(wanted, changed, attributes)
    result["diff"] = [outline(done, str(path))]
    if attributes:
        header = f"{path} (file attributes)"
        result["diff"].append({"before_header": header, "after_header": header, **attributes})
    return result


def main() -> None:
    """Run the module."""
    module = Module(
        argument_spec={
            "path": {"type": "path", "required": True},
            "values": {"type": "dict", "no_log": True},
            "absent": {"type": "list", "elements": "str"},
            "backup": {"type": "bool", "default": False},
            "create": {"type": "bool", "default": False},
        },
        required_one_of=[("values", "absent")],
        add_file_common_args=True,
        supports_check_mode=True,
    )
    try:
        result = run(module)
    except MigrationError as error:
        module.fail_json(msg=str(error))
    module.exit_json(**result)


if __name__ == "__main__":
    main()
