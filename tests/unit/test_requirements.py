# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Every package that is installed is pinned, and every one asked for says why."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

REQUIREMENTS = Path(__file__).parents[2] / "requirements"
CONSTRAINTS = {
    "mover": "constraints",
    "gateway": "constraints",
    "controller": "constraints",
    "development": "constraints",
    "servers": "servers-constraints",
    "cube": "cube-constraints",
}


def lines(name: str) -> list[str]:
    text = (REQUIREMENTS / f"{name}.txt").read_text()
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def direct(name: str) -> set[str]:
    return {canonicalize_name(line.split("#")[0].strip()) for line in lines(name)}


def pinned(name: str) -> set[str]:
    return {canonicalize_name(line.split("==")[0]) for line in lines(name)}


def dependencies(name: str, seen: set[str]) -> Iterator[str]:
    """Yield the packages that ``name`` brings along here, and itself."""
    if name in seen:
        return
    seen.add(name)
    yield name
    for line in distribution(name).requires or []:
        requirement = Requirement(line)
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            yield from dependencies(canonicalize_name(requirement.name), seen)


def test_every_file_is_checked() -> None:
    files = {path.stem for path in REQUIREMENTS.glob("*.txt")}
    assert files == set(CONSTRAINTS) | set(CONSTRAINTS.values())


@pytest.mark.parametrize("name", CONSTRAINTS)
def test_each_requirement_says_why_and_leaves_the_version_to_the_constraints(name: str) -> None:
    wrong = [line for line in lines(name) if not re.fullmatch(r"[\w.-]+ +# \S.+", line)]
    assert lines(name)
    assert wrong == []


@pytest.mark.parametrize("name", CONSTRAINTS)
def test_each_requirement_is_pinned(name: str) -> None:
    assert direct(name) - pinned(CONSTRAINTS[name]) == set()


@pytest.mark.parametrize("name", sorted(set(CONSTRAINTS.values())))
def test_each_constraint_is_one_exact_version_in_alphabetical_order(name: str) -> None:
    wrong = [line for line in lines(name) if not re.fullmatch(r"[\w.-]+==[\w.]+", line)]
    names = [canonicalize_name(line.split("==")[0]) for line in lines(name)]
    assert wrong == []
    assert names == sorted(set(names))


@pytest.mark.parametrize("name", ["mover", "gateway", "controller", "development"])
def test_what_a_requirement_brings_along_is_pinned(name: str) -> None:
    seen: set[str] = set()
    needed = {package for root in direct(name) for package in dependencies(root, seen)}
    assert len(needed) > len(direct(name))
    assert needed - pinned("constraints") == set()
