# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Ansible filter expected_first_copy."""

from __future__ import annotations

DOCUMENTATION = r"""
name: expected_first_copy
short_description: Tell what a preflight has expected of the first copy
version_added: 0.1.0
description:
  - Reads the report of a preflight on the controller, and returns a sentence without its full stop.
    It is empty if there is no such report, or the preflight has measured nothing.
options:
  _input:
    description: Path of the report.
    type: path
    required: true
  seconds:
    description: Whether to return only how many seconds it has expected, as a number.
    type: bool
    default: false
author:
  - fnndsc.swift_migration contributors (@FNNDSC)
"""

EXAMPLES = r"""
- name: Show what was expected
  ansible.builtin.debug:
    msg: "{{ '~/swift-migration-preflight.json' | fnndsc.swift_migration.expected_first_copy }}"
"""

RETURN = r"""
_value:
  description: The sentence, or the number of seconds.
  type: raw
  sample: >-
    the preflight of 2026-11-29T15:20:00+00:00 expected 444 s (342 to 578) for 56,445 objects,
    27,374,182,400 bytes
"""

import json
from collections.abc import Callable
from pathlib import Path


def expected_first_copy(path: str, *, seconds: bool = False) -> str | float:
    """Tell what a preflight has expected.

    :param path: of its report, which anybody may have changed: a run must not fail because of it.
    :param seconds: whether only the number of seconds is wanted.
    """
    try:
        report = json.loads(Path(path).expanduser().read_text())
        forecast = report["forecast"]
        first = forecast["first_copy"]
        if seconds:
            return round(float(first["seconds"]), 3)
        return (
            f"the preflight of {report['moment']} expected {first['seconds']:.0f} s "
            f"({first['low']:.0f} to {first['high']:.0f}) for {forecast['objects']:,} objects, "
            f"{forecast['bytes']:,} bytes"
        )
    except (OSError, RuntimeError, ValueError, LookupError, TypeError):
        return ""


class FilterModule:
    """The filter plugin."""

    def filters(self) -> dict[str, Callable[..., str | float]]:
        """Return the filter by its name."""
        return {"expected_first_copy": expected_first_copy}
