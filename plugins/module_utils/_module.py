# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What all modules are: Ansible's own, with what the engine needs of Ansible."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.common.parameters import remove_values
from ansible.module_utils.common.warnings import warn

from ._errors import EndedError, MigrationError
from ._printable import safe_in_json

HIDDEN = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
"""What stands in a result where a value would, as Ansible itself writes it."""

_ENGINE = logging.getLogger(__name__.rpartition(".")[0])


class _AnsibleWarnings(logging.Handler):
    """Shows what the engine warns of as warnings of the task."""

    def emit(self, record: logging.LogRecord) -> None:
        warn(record.getMessage())


_WARNINGS = _AnsibleWarnings(logging.WARNING)


class Module(AnsibleModule):  # type: ignore[misc]  # ansible-core has no types
    """Logs of dictionaries and lists only what they are, not what they hold.

    Ansible writes each call of a module to syslog or the journal.  It writes a dictionary as Python
    does, with escapes, and then hides in it the secrets as they were given: one with a backslash,
    both kinds of quotes or a control character is not found.
    """

    params: dict[str, Any]

    def __init__(self, *arguments: Any, **options: Any) -> None:
        _ENGINE.addHandler(_WARNINGS)
        super().__init__(*arguments, **options)

    @contextlib.contextmanager
    def ending_well(self) -> Iterator[None]:
        """Let SIGTERM end the block as an error does; a second one ends the process at once.

        :raises EndedError: from wherever the main thread is.
        """

        def end(number: int, _frame: FrameType | None) -> None:
            signal.signal(number, signal.SIG_DFL)
            raise EndedError

        before = signal.signal(signal.SIGTERM, end)
        try:
            yield
        finally:
            signal.signal(signal.SIGTERM, before)

    def exit_json(self, **result: Any) -> NoReturn:
        """End well, with a result that cannot steer the terminal on which it is shown."""
        super().exit_json(**safe_in_json(result))
        raise AssertionError

    def fail_json(self, msg: str, **result: Any) -> NoReturn:
        """End in failure, likewise."""
        super().fail_json(msg=safe_in_json(msg), **safe_in_json(result))
        raise AssertionError

    def check_legible(self, *values: str | float | None) -> None:
        """See that Ansible masks no part of what others reckon with or compare.

        It masks each secret wherever its characters occur: one of a letter mangles words, one of a
        digit numbers.

        :raises MigrationError: it would.
        """
        if any(remove_values(value, self.no_log_values) != value for value in values):
            raise MigrationError(
                "a password or key is so short that it occurs in the result, where Ansible masks it",
                remedy="Give the account a longer one",
            )

    def take_values(self, *names: str) -> list[dict[str, str]]:
        """Take the values of dictionaries out of all that the module may print.

        Ansible would mask each of them wherever its characters occur in the result, so that a value
        ``s3`` or ``1`` mangles paths, names and numbers.  Nothing is left to mask once they are out
        of the parameters: no result, message or diff is made from them.  This switches the masking
        off for all options, so no other one of such a module may hold a secret.

        :param names: options of type dict.
        :returns: for each option its values as text.
        :raises MigrationError: a value is neither text nor a whole number.
        """
        taken = [self.params[name] or {} for name in names]
        for name, values in zip(names, taken, strict=True):
            self.params[name] = dict.fromkeys(values, HIDDEN)
        self.no_log_values.clear()
        return [_texts(name, values) for name, values in zip(names, taken, strict=True)]

    def replace_file(self, path: Path, content: bytes, *, unsafe_writes: bool = False) -> None:
        """Replace a file as :class:`_file_replacement.ReplaceFile` says.

        :param unsafe_writes: write into a file that cannot be replaced, such as a bind mount.
        :raises MigrationError: it cannot be replaced.
        """
        descriptor, temporary = tempfile.mkstemp(dir=self.tmpdir)
        self.add_cleanup_file(temporary)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        mask = os.umask(0o077)
        try:
            if path.exists():
                status = path.stat()
                os.chown(temporary, status.st_uid, status.st_gid)
            self.atomic_move(temporary, str(path), unsafe_writes=unsafe_writes)
        except PermissionError:
            raise MigrationError(
                f"{path} belongs to another user or group, which this user cannot give to a file",
                option="path",
                remedy="Run the task as the owner or as root, for example with become",
            ) from None
        except Exception as error:
            reason = getattr(error.__cause__ or error, "strerror", None) or error
            raise MigrationError(
                f"cannot replace {path}: {reason}",
                option="path",
                remedy="If it is a bind mount, edit the file behind it, or set unsafe_writes=true",
            ) from None
        finally:
            os.umask(mask)

    def _log_invocation(self) -> None:
        given = self.params
        self.params = {name: _outline(value) for name, value in given.items()}
        try:
            super()._log_invocation()
        finally:
            self.params = given


def _texts(option: str, values: dict[str, Any]) -> dict[str, str]:
    for name, value in values.items():
        if isinstance(value, bool) or not isinstance(value, (str, int)):
            raise MigrationError(
                f"the value is of type {type(value).__name__}, not text",
                option=f"{option}.{name}",
                remedy="Write it in quotes",
            )
    return {name: str(value) for name, value in values.items()}


def _outline(value: Any) -> Any:
    if isinstance(value, dict):
        return f"(of {', '.join(sorted(map(str, value)))})"
    if isinstance(value, list):
        return f"({len(value)} items)"
    return value
