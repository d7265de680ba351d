# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Ansible module swift_compare."""

from __future__ import annotations

DOCUMENTATION = r"""
module: swift_compare
short_description: Prove that a container holds what a container of another cloud holds
version_added: 0.1.0
description:
  - Compares two containers name by name and fails if the destination does not hold what the source
    holds.
  - Changes no object on either side. The one thing that it writes is metadata of the destination's
    container, in which it remembers what it found damaged there.
  - Every answer comes from the two servers. Nothing that earlier runs left behind is relied on, but
    for the times at which objects of the source were to expire.
  - It proves what both servers show and give now. What the source lost before, together with its
    entry in the listing, nobody can know.
  - A listing that shows fewer objects than its server counts is read once more, then it fails the
    comparison. Of a container that changes while it is read, the listing may lack 10 objects, or
    one in 1,000 where that is more. The listing of the destination is judged so only where extra
    objects count, as nothing else could hide in it. With a O(prefix) there is nothing to count.
  - What a listing shows and its server does not give is V(unreadable), which fails the comparison.
    A server shows an object that has expired and one that is lost in the same way. An older version
    than the one that the listing shows is not what it shows, either.
  - The segments of large objects are looked at in every level. One that is not there, or is not
    what the manifest says, makes the object V(unreadable) and is named. A Ceph gateway gives no
    manifests. At the destination it is known all the same which segments a copy has put. Those of
    a Ceph source are looked for where clients put them, in C(NAME_segments) and C(NAME+segments),
    under names that begin with the object's name. If they are not there, the object is read in
    every level. A static large object between two Swifts older than 2.19 that list it alike is only
    looked at as a whole, by O(level=content).
  - A symlink that was copied as such is compared itself, and must lead to something where the
    source's does. What it leads to is compared under its own name. One that leads to nothing at the
    source is told in RV(dangling).
  - An object that was found damaged or lost at the destination, or could not be asked for, is
    remembered in the destination container's metadata, C(X-Container-Meta-Migration-Damaged), until
    it is found right. Every later comparison reads it, whatever the sample is. If it has gone
    meanwhile, it is V(unreadable) and not V(deleted). 128 objects can be remembered. If more were
    found damaged, only a comparison with O(level=content) and O(sample=100%) proves anything again.
    Nothing is remembered where M(fnndsc.swift_migration.swift_sync) has not begun a migration.
  - Once the destination may be in use, as the phase of the migration in its metadata tells, what
    was changed there since it was proved equal is no difference; see O(set_aside).
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
    details: What is found damaged is not remembered at the destination. The proof and the report
      are written all the same.
  diff_mode:
    support: none
    details: There is nothing to change. RV(differences) shows what is not equal.
options:
  prefix:
    description: Compare only the objects whose names begin with this. The proof says so, and
      RV(complete) is V(false).
    type: str
    default: ''
  level:
    description:
      - With V(listing), names, bytes, hashes and content types as both listings show them. Where
        listings cannot tell, as of large objects, of empty ones (which may be dynamic large
        objects), and of whatever differs, both sides are asked by HEAD. Of a large object the
        listing of its segments is read, too.
      - With V(headers), also all headers and metadata, by a HEAD of each object and of each segment
        on both sides.
      - With V(content), also every byte. Each object is read on both sides, and what was read must
        have the MD5 that the server says.
    type: str
    choices: [listing, headers, content]
    default: listing
  sample:
    description: Of how many objects the headers or the content are compared, as a share such as
      V(5%) or as a number such as V(500). A share above V(0%) takes at least one object. The
      listings are always compared whole.
    type: str
    default: 100%
  seed:
    description: Another one draws another sample. The same one draws the same sample again.
    type: str
    default: ''
  ignore_extra:
    description: Do not mind objects that only the destination has.
    type: bool
    default: false
  set_aside:
    description:
      - Do not mind what the application has done in a destination that is filled from this source
        and whose phase is V(verified) or V(cut-over).
      - What was written there since it was proved equal counts as RV(objects.written). What the
        source has and the destination lacks counts as RV(objects.deleted), unless the source got
        it after the application was stopped there.
      - What neither side has changed since, and differs, is a difference all the same. So are bytes
        that do not have the MD5 which their server says.
    type: bool
    default: true
  concurrency:
    description: How many objects may be asked for at once. The module finds the best number up to
      this by itself, and goes lower when a server asks for fewer requests.
    type: int
    default: 64
  bandwidth_limit:
    description: How many bytes a second may be read from the source. V(0) is no limit.
    type: int
    default: 0
  requests_per_second:
    description: How many requests a second may be sent to the source. V(0) is no limit.
    type: float
    default: 0
  proof:
    description: Path of a file on the host that runs the module. It gets what was compared, by whom
      and when, with which versions of the collection and of the servers, whether that is all
      (RV(complete)) or a O(prefix), which sample was looked at more closely and how many objects
      that were, counts and bytes, and one digest over all objects of each side, as JSON. A
      comparison that breaks off writes why, in place of an earlier proof.
    type: path
  controller_proof:
    description:
      - Path of a file on the controller. It gets a copy of O(proof), also when the comparison
        fails. Not in check mode.
      - An existing one is replaced. Beside it another copy stays whose name has the moment, see
        RV(kept_at).
    type: str
  report:
    description: Path of a file on the host that runs the module. It gets one line of JSON for each
      name that does not match. An existing one is overwritten.
    type: path
seealso:
  - module: fnndsc.swift_migration.swift_sync
author:
  - fnndsc.swift_migration contributors (@FNNDSC)
"""

EXAMPLES = r"""
- name: Prove that everything arrived, and read one object in a hundred on both sides
  fnndsc.swift_migration.swift_compare:
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
    level: content
    sample: 1%
    proof: /var/lib/migration/proof.json

- name: See what differs without failing
  fnndsc.swift_migration.swift_compare:
    source: "{{ old_swift | combine({'container': 'users'}) }}"
    destination: "{{ nerc | combine({'container': 'cube_users'}) }}"
    ignore_extra: true
    report: /var/lib/migration/differences.jsonl
  register: comparison
  failed_when: false
"""

RETURN = r"""
stopped:
  description: Whether M(fnndsc.swift_migration.migration_control) has stopped it, so that it failed.
  returned: always
  type: bool
  sample: false
equal:
  description: Whether every name was compared and the destination was found to hold what the source
    holds. V(false) as well when the comparison could not begin or broke off.
  returned: always
  type: bool
  sample: true
complete:
  description: Whether every name of both containers was compared. V(false) with a O(prefix), and
    when the comparison broke off.
  returned: always
  type: bool
  sample: true
objects:
  description: How many names ended how.
  returned: always
  type: dict
  contains:
    match:
      description: Both sides have the same.
      type: int
      returned: always
      sample: 56444
    differ:
      description: Both sides have an object of this name, but not the same.
      type: int
      returned: always
      sample: 0
    missing:
      description: Only the source has it, or what it leads to as a symlink.
      type: int
      returned: always
      sample: 0
    extra:
      description: Only the destination has it.
      type: int
      returned: always
      sample: 0
    written:
      description: The application has put it into the destination, or replaced it there, since the
        proof.
      type: int
      returned: always
      sample: 204
    deleted:
      description: Only the source has it any more. Since the proof the application has deleted it
        from the destination, or it was lost.
      type: int
      returned: always
      sample: 3
    gone:
      description: It was listed at first, but neither side lists or gives it any more. It was
        deleted meanwhile.
      type: int
      returned: always
      sample: 1
    expired:
      description: It is listed and not given any more. Its time of deletion is known from the other
        side's copy or from a run of M(fnndsc.swift_migration.swift_sync) on this host, and has
        come.
      type: int
      returned: always
      sample: 0
    unreadable:
      description: The listing of a side shows it, and its server does not give it, or not to its
        end, asked twice. It is lost as far as anybody can tell. Or it was found damaged at the
        destination before, and is gone.
      type: int
      returned: always
      sample: 0
    accepted:
      description: It cannot be read, and its name is accepted by O(accept_unreadable).
      type: int
      returned: always
      sample: 0
    error:
      description: It could not be asked for.
      type: int
      returned: always
      sample: 0
source:
  description:
    - Objects and bytes of the source, and the SHA-256 of the lines "name NUL bytes NUL MD5 newline"
      of all of them in the order of names.
    - For a large object the MD5 is that of its segments' MD5s.
    - A comparison that could not begin or broke off gives what was counted until then, and no
      digest.
  returned: always
  type: dict
  sample:
    objects: 56444
    bytes: 27374182400
    sha256: 5d41402abc4b2a76b9719d911017c592ae2b0f1b2a3f4c5d6e7f8091a2b3c4d5
destination:
  description: The same of the destination. The digests are the same if everything is and nothing
    was set aside.
  returned: always
  type: dict
  sample:
    objects: 56444
    bytes: 27374182400
    sha256: 5d41402abc4b2a76b9719d911017c592ae2b0f1b2a3f4c5d6e7f8091a2b3c4d5
sampled:
  description: Of how many objects headers or content were compared, without those that could not
    be looked at.
  returned: always
  type: int
  sample: 565
differences:
  description: The first 20 names that make the containers unequal. O(report) gets all, those that
    do not count, and those set aside. Of those that are V(unreadable), side and status are told.
  returned: always
  type: list
  elements: dict
  sample:
    - name: chris/feed_12/data/0001.dcm
      outcome: differ
      what: [x-object-meta-owner]
phase:
  description: The phase of the migration that fills the destination, empty without one.
  returned: always
  type: str
  sample: cut-over
since:
  description: When the destination was proved equal, by its own clock. What was changed there since
    is set aside. Empty when nothing is.
  returned: always
  type: str
  sample: '2026-02-01T10:00:00.000000'
deleted:
  description: The first 20 names that count as RV(objects.deleted). O(report) gets all.
  returned: always
  type: list
  elements: str
  sample: [chris/feed_12/data/0002.dcm]
accepted:
  description: All names that count as RV(objects.accepted), as in RV(differences).
  returned: always
  type: list
  elements: dict
  sample:
    - name: chris/feed_12/data/0003.dcm
      outcome: accepted
      what: ['source: its listing shows it, but it answers 404, asked twice']
      side: source
      status: 404
dangling:
  description: The first 20 symlinks that lead to nothing at the source, and are the same at the
    destination.
  returned: always
  type: list
  elements: str
  sample: []
damaged:
  description: How many objects are remembered as damaged at the destination.
  returned: always
  type: int
  sample: 0
notice:
  description: What was set aside, what was accepted, and symlinks that lead to nothing. Empty when
    there is no such thing.
  returned: always
  type: str
  sample: Since the proof of 2026-02-01T10:00:00.000000, the application has written 204 objects to
    'cube_users'.
seconds:
  description: How long it took.
  returned: always
  type: float
  sample: 12.017
estimate_error:
  description: By how many seconds the estimates of the time left were wrong, on average. Null if
    there was none, as in a short run, and if the run did not come to its end.
  returned: always
  type: float
  sample: 1.4
kept_at:
  description: Path of the copy of O(controller_proof) that no later comparison replaces.
  returned: when O(controller_proof) was written
  type: str
  sample: /home/chris/swift-migration-proof-dmz-20261129T112000Z.json
proof:
  description: Path of the proof.
  returned: always
  type: str
  sample: /var/lib/migration/proof.json
report:
  description: Path of the list of differences.
  returned: always
  type: str
  sample: /var/lib/migration/differences.jsonl
record:
  description: Path of the record of the run, on the host that runs the module. Empty in check mode,
    and when nothing was begun.
  returned: always
  type: str
  sample: /home/chris/.local/state/fnndsc.swift_migration/runs/20261129T112000Z-compare-1a2b3c4d.json
objects_list:
  description: Path of the list of its objects, compressed, beside RV(record).
  returned: always
  type: str
  sample: /home/chris/.local/state/fnndsc.swift_migration/runs/20261129T112000Z-compare-1a2b3c4d.jsonl.gz
kept_record:
  description: Path of the copy of RV(record) on the controller.
  returned: when O(controller_history) is set and the run was recorded
  type: str
  sample: /home/chris/.local/state/fnndsc.swift_migration/history/20261129T112000Z-compare-1a2b3c4d.json
kept_list:
  description: Path of the copy of RV(objects_list) on the controller.
  returned: when O(controller_history) is set and the run was recorded
  type: str
  sample: /home/chris/.local/state/fnndsc.swift_migration/history/20261129T112000Z-compare-1a2b3c4d.jsonl.gz
"""

from base64 import b64encode
from pathlib import Path
from typing import Any

from ansible_collections.fnndsc.swift_migration.plugins.module_utils._argspec import (
    history_options,
    progress_options,
    segment_options,
    timetable_options,
    unreadable_options,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._compare.comparison import (
    Comparison,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._compare.options import (
    CompareOptions,
    Level,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._module import Module
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._pair import (
    asker_from_params,
    pair_from_params,
    pair_options,
)


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
        "level": {
            "type": "str",
            "choices": [level.value for level in Level],
            "default": Level.LISTING.value,
        },
        "sample": {"type": "str", "default": "100%"},
        "seed": {"type": "str", "default": ""},
        "ignore_extra": {"type": "bool", "default": False},
        "set_aside": {"type": "bool", "default": True},
        "concurrency": {"type": "int", "default": 64},
        "bandwidth_limit": {"type": "int", "default": 0},
        "requests_per_second": {"type": "float", "default": 0},
        "proof": {"type": "path"},
        "controller_proof": {"type": "str"},
        "report": {"type": "path"},
    }


def make_compare(
    params: dict[str, Any], *, check: bool = False, ansible_core: str = ""
) -> Comparison:
    """Make the comparison that the module's parameters ask for."""
    connections, options = pair_from_params({**params, "level": Level(params["level"])})
    for name in ("controller_proof", "controller_history"):  # for the action, on the controller
        options.pop(name, None)
    options["asker"] = asker_from_params(params, ansible_core)
    return Comparison(*connections, CompareOptions(**options, check=check))


def proof_content(params: dict[str, Any]) -> dict[str, str]:
    """Give the proof to the action, which takes it out of the result."""
    if not params["proof"] or not params["controller_proof"]:
        return {}
    try:
        return {"proof_content": b64encode(Path(params["proof"]).read_bytes()).decode()}
    except OSError:
        return {}


def main() -> None:
    """Run the module."""
    module = Module(argument_spec=argument_spec(), supports_check_mode=True)
    compare = make_compare(
        module.params, check=module.check_mode, ansible_core=module.ansible_version
    )
    try:
        with module.ending_well():
            compare.run()
        compare.raise_for_differences()
    except MigrationError as error:
        module.fail_json(msg=str(error), **compare.result(), **proof_content(module.params))
    module.exit_json(**compare.result(), **proof_content(module.params))


if __name__ == "__main__":
    main()
