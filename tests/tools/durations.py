# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""How long single tests took, from the JUnit reports that pytest writes."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from xml.etree import ElementTree


def durations(report: Path) -> list[tuple[float, str]]:
    """Return the seconds and the name of each test, what came before and after it included."""
    root = ElementTree.parse(report).getroot()  # noqa: S314
    return [
        (float(case.get("time", 0)), f"{case.get('classname', '')}::{case.get('name', '')}")
        for case in root.iter("testcase")
    ]


def slowest(reports: Iterable[Path], number: int) -> list[str]:
    """Return one line for each of the slowest tests of several reports, the slowest first."""
    known = [each for report in reports for each in durations(report)]
    return [f"{seconds:7.1f} s  {name}" for seconds, name in sorted(known, reverse=True)[:number]]
