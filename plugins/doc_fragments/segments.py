# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Documentation of where the segments of large objects may be read."""

from __future__ import annotations


class ModuleDocFragment:
    """The option ``segment_containers``."""

    DOCUMENTATION = r"""
options:
  segment_containers:
    description:
      - Other containers of the source from which segments of large objects may be read, and what
        symlinks lead to. One of another account is named as C(ACCOUNT/CONTAINER).
      - Without it, they are read from the container itself and from C(NAME_segments) and
        C(NAME+segments), where NAME is its name. A large object whose manifest leads elsewhere
        makes the module fail, and so does a symlink. Otherwise a user who may write to one
        container could have another one copied, which this user may not read.
      - On the way back the copies of these containers may be read, too.
      - Ceph does not give the manifests of static large objects. Their segments are not checked.
    type: list
    elements: str
    default: []
"""
