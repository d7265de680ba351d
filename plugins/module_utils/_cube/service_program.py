# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Python programs that are sent to a service, which reads them on standard input.  Pure.

The command that runs them may be the user's own, so a program gets its arguments in its text.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence

from . import process_environment


def with_arguments(program: str, arguments: Sequence[str]) -> str:
    """The text of a program that finds `arguments` in ``sys.argv[1:]``."""
    return f"import sys\nsys.argv[1:] = {list(arguments)!a}\n{_execution(program)}"


def with_environment(program: str, environment: Mapping[str, str]) -> str:
    """The text of a program that finds these variables among those of its process."""
    return f"import os\nos.environ.update({dict(environment)!a})\n{_execution(program)}"


def in_environment_of(process: str, program: str) -> str:
    """The text of a program that runs with the environment of a process.

    :param process: the process's ``/proc/PID/environ``, where the program runs.
    """
    adopt = inspect.getsource(process_environment)
    return f"{adopt}\n\nadopt({process!a})\n{_execution(program)}"


def _execution(program: str) -> str:
    """A statement that runs a program as Python runs a file."""
    return (
        f"exec(compile({program!a}, '<stdin>', 'exec', dont_inherit=True), "
        "{'__name__': '__main__'})\n"
    )
