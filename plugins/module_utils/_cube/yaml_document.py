# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""YAML that a program has printed, which the standard library cannot read."""

from __future__ import annotations

import importlib
import sys
from typing import Any

from .._errors import MigrationError


def parsed(text: str) -> Any:
    """What a YAML document holds.

    :raises MigrationError: this Python has no PyYAML.
    """
    try:
        yaml = importlib.import_module("yaml")
    except ImportError:
        raise MigrationError(
            f"{sys.executable} cannot import yaml, which tells what a stack's files come to",
            option="ansible_python_interpreter",
            remedy="Install python3-yaml (PyYAML) on this host",
        ) from None
    return yaml.safe_load(text)
