# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Documentation of how objects are accepted that are listed but not readable."""

from __future__ import annotations


class ModuleDocFragment:
    """The options ``accept_unreadable`` and ``accept_unreadable_file``."""

    DOCUMENTATION = r"""
options:
  accept_unreadable:
    description:
      - Names of objects that may be listed and not readable. Any other such object makes the module
        fail, as it is lost as far as anybody can tell.
      - An object that has expired is none of them if this host has seen its time of deletion, and
        the object has not been changed since. A server shows an object that has expired and one
        that is lost in the same way.
    type: list
    elements: str
    default: []
  accept_unreadable_file:
    description: Path of a file with more such names on the host that runs the module. It has one
      name a line, or it is a list that one of the modules wrote to its O(ignore:report), of which
      only the objects count that it calls unreadable.
    type: path
"""
