# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What all modules are: Ansible's own, which logs no value that may hold a secret."""

from __future__ import annotations

from typing import Any, NoReturn

from ansible.module_utils.basic import AnsibleModule

from ._printable import safe_in_json


class Module(AnsibleModule):  # type: ignore[misc]  # ansible-core has no types
    """Logs of dictionaries and lists only what they are, not what they hold.

    Ansible writes each call of a module to syslog or the journal.  It writes a dictionary as Python
    does, with escapes, and then hides in it the secrets as they were given: one with a backslash,
    both kinds of quotes or a control character is not found.
    """

    params: dict[str, Any]

    def exit_json(self, **result: Any) -> NoReturn:
        """End well, with a result that cannot steer the terminal on which it is shown."""
        super().exit_json(**safe_in_json(result))
        raise AssertionError

    def fail_json(self, msg: str, **result: Any) -> NoReturn:
        """End in failure, likewise."""
        super().fail_json(msg=safe_in_json(msg), **safe_in_json(result))
        raise AssertionError

    def _log_invocation(self) -> None:
        given = self.params
        self.params = {name: _outline(value) for name, value in given.items()}
        try:
            super()._log_invocation()
        finally:
            self.params = given


def _outline(value: Any) -> Any:
    if isinstance(value, dict):
        return f"(of {', '.join(sorted(map(str, value)))})"
    if isinstance(value, list):
        return f"({len(value)} items)"
    return value
