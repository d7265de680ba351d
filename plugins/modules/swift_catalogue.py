# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Ansible module swift_catalogue."""

from __future__ import annotations

DOCUMENTATION = r"""
module: swift_catalogue
short_description: Tell which files an application knows that no container holds
version_added: 0.1.0
description:
  - A listing shows which objects there are, and nobody can see from it which there must be. Only
    the application knows that.
  - Takes the names of all files that the application knows, and looks for each in both containers.
    Tells by name what was lost before a migration and what was lost by it, and after a cutover
    which objects the application has deleted since, which is no loss.
  - What a listing lacks is asked for by name, 1,000 names at most, as a listing may lack an object
    that is there. No migration copies such an object.
  - Works in constant memory.
  - What it finds is in RV(checks). The module fails only when it cannot look.
extends_documentation_fragment:
  - fnndsc.swift_migration.attributes
  - fnndsc.swift_migration.pair
attributes:
  check_mode:
    support: full
    details: It changes nothing in any mode.
  diff_mode:
    support: N/A
    details: It changes nothing.
  action_group:
    support: N/A
    details: It logs in to two clouds.
options:
  names:
    description:
      - Path of a file on the host that runs the module, with the names.
      - They may be the names of patients. The module leaves the file where it is.
    type: path
    required: true
  format:
    description:
      - V(list) for one name a line, or a JSON object with a C(name) a line, in UTF-8 and in any
        order.
      - V(catalogue) for what M(fnndsc.swift_migration.cube_catalogue) has written.
    type: str
    choices: [list, catalogue]
    default: list
  copied:
    description:
      - Whether the destination is to hold what the source holds. A file that only the source has
        is lost then.
      - Without it, the destination need not be there yet.
    type: bool
    default: true
  prefix:
    description: Only names that begin with this are looked for.
    type: str
    default: ""
  s3:
    description:
      - Whether CUBE reads the files over the S3 API. django-storages takes names for paths, and
        asks for C(a/b) when a file is called C(a//b), as
        M(fnndsc.swift_migration.swift_names_info) tells.
    type: bool
    default: false
  allow_changed_names:
    description: Whether such names are a warning and no failure.
    type: bool
    default: false
  requests_per_second:
    description: Requests that the source gets each second at most; 0 for no limit.
    type: float
    default: 0
  again:
    description:
      - Whether the list O(report) is there of a look shortly before. Only the files are told of
        which that look has told, too.
      - An application that runs deletes files between its answer and the listings. Of a file that
        is not where it should be in two looks, each with names that were asked for anew, this is
        not the reason.
    type: bool
    default: false
  report:
    description: Path of a file on the host that runs the module. It gets one line of JSON with
      C(name) and C(fate) for each file that is lost, missing, unlisted or new_only, as in
      RV(fates), and for each name that S3 changes. An existing one is overwritten.
    type: path
seealso:
  - module: fnndsc.swift_migration.cube_catalogue
  - module: fnndsc.swift_migration.swift_compare
author:
  - fnndsc.swift_migration contributors (@FNNDSC)
"""

EXAMPLES = r"""
- name: See whether all files that the application knows are there
  fnndsc.swift_migration.swift_catalogue:
    source: "{{ old_swift | combine({'container': 'users'}) }}"
    destination: "{{ nerc | combine({'container': 'cube_users'}) }}"
    names: /var/lib/migration/names.txt
    report: /var/lib/migration/lost.jsonl
"""

RETURN = r"""
known:
  description: How many files the application knows.
  returned: success
  type: int
  sample: 278086
fates:
  description:
    - How many names there are of each kind.
    - Files that the application knows are C(found); C(not_copied), in the source only, without
      O(copied); C(lost), in the source only; C(missing), in neither; C(unlisted), given by the
      source and not listed; or C(new_only), in the destination only, before a cutover, which
      deletes them there. With O(again), C(just_gone) are those of which the look before has not
      told.
    - Other objects are C(deleted), in the source only, after a cutover; or C(unknown).
  returned: success
  type: dict
  sample:
    found: 278080
    not_copied: 0
    lost: 1
    missing: 5
    unlisted: 0
    new_only: 0
    just_gone: 0
    deleted: 0
    unknown: 212
names:
  description: The first 20 names that are lost, unlisted, new_only or missing, and of those that
    the application asks for in another form over S3, C(changed).
  returned: success
  type: dict
  sample:
    lost: [chris/feed_12/data/0001.dcm]
    unlisted: []
    new_only: []
    missing: []
    changed: []
changed_names:
  description: How many of the names S3 would change.
  returned: success
  type: int
  sample: 0
checks:
  description: What was found, each with C(name), C(verdict) (V(ok), V(warning) or V(failure)),
    C(seen) and C(remedy).
  returned: success
  type: list
  elements: dict
  sample:
    - name: files of the catalogue
      verdict: ok
      seen: all 278,086 files of the catalogue are in place
      remedy: ""
report:
  description: Path of the list of names.
  returned: success
  type: str
  sample: /var/lib/migration/lost.jsonl
seconds:
  description: How long it took.
  returned: success
  type: float
  sample: 9.32
"""

from typing import Any

from ansible_collections.fnndsc.swift_migration.plugins.module_utils._compare.catalogue_comparison import (
    CatalogueComparison,
    CatalogueOptions,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.django_name import (
    django_name,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._module import Module
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._pair import (
    pair_from_params,
    pair_options,
)


def argument_spec() -> dict[str, Any]:
    """Give the module's argument specification."""
    return {
        **pair_options(),
        "names": {"type": "path", "required": True},
        "format": {"type": "str", "choices": ["list", "catalogue"], "default": "list"},
        "copied": {"type": "bool", "default": True},
        "prefix": {"type": "str", "default": ""},
        "s3": {"type": "bool", "default": False},
        "allow_changed_names": {"type": "bool", "default": False},
        "requests_per_second": {"type": "float", "default": 0},
        "again": {"type": "bool", "default": False},
        "report": {"type": "path"},
    }


def make_comparison(params: dict[str, Any]) -> CatalogueComparison:
    """Make the comparison that the module's parameters ask for."""
    connections, options = pair_from_params(params)
    options["is_catalogue"] = options.pop("format") == "catalogue"
    options["allow_changed"] = options.pop("allow_changed_names")
    if options.pop("s3"):
        options["is_changed"] = lambda name: django_name(name) != name
    return CatalogueComparison(*connections, CatalogueOptions(**options))


def main() -> None:
    """Run the module."""
    module = Module(
        argument_spec=argument_spec(),
        required_if=[("again", True, ["report"])],
        supports_check_mode=True,
    )
    comparison = make_comparison(module.params)
    try:
        with module.ending_well():
            comparison.run()
    except MigrationError as error:
        module.fail_json(msg=str(error))
    module.exit_json(**comparison.result())


if __name__ == "__main__":
    main()
