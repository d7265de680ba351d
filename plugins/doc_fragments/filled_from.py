# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Documentation of the container that another one is to be filled from."""

from __future__ import annotations

from ansible_collections.fnndsc.swift_migration.plugins.doc_fragments.pair import side


class ModuleDocFragment:
    """The option ``source`` of a module that works on one container."""

    DOCUMENTATION: str


# Set from outside the class: within it, ansible-test wants a literal.
ModuleDocFragment.DOCUMENTATION = "options:\n" + side(
    "source",
    "The container whose objects are to come into this one, and how to log in to its cloud. "
    "If they would not fit into the quotas that this one and its account have, nothing is made.",
    required="false",
)
