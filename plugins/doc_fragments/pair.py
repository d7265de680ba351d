# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Documentation of two containers and the connection options of each."""

from __future__ import annotations

import textwrap

from ansible_collections.fnndsc.swift_migration.plugins.doc_fragments.connection import (
    ModuleDocFragment as Connection,
)


def side(name: str, description: str, required: str = "true") -> str:
    """Document one container and its connection options, as the option of that name."""
    # The connection options as suboptions, which refer to each other by their full names.
    options = Connection.DOCUMENTATION.partition("options:\n")[2].partition("requirements:\n")[0]
    container = "  container:\n    description: Its name.\n    type: str\n    required: true\n"
    return (
        f"  {name}:\n"
        f"    description: {description}\n"
        "    type: dict\n"
        f"    required: {required}\n"
        "    suboptions:\n"
    ) + textwrap.indent((container + options).replace("O(", f"O({name}."), "    ")


class ModuleDocFragment:
    """The options ``source`` and ``destination``."""

    DOCUMENTATION: str


# Set from outside the class: within it, ansible-test wants a literal.
ModuleDocFragment.DOCUMENTATION = (
    "options:\n"
    + side("source", "The container to read from, and how to log in to its cloud.")
    + side("destination", "The container to compare with it, and how to log in to its cloud.")
    + "requirements:\n  - keystoneauth1\n  - openstacksdk\n  - pycurl\n  - python-swiftclient\n"
)
