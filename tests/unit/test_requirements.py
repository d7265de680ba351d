# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Every package that is installed is pinned, and every one asked for says why."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from importlib.metadata import distribution
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.tools.materials import materials

REQUIREMENTS = Path(__file__).parents[2] / "requirements"
CONSTRAINTS = {
    "mover": "constraints",
    "gateway": "constraints",
    "controller": "constraints",
    "report": "constraints",
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
    others = {"old-swift-wheels", "execution-environment"}
    assert files == set(CONSTRAINTS) | set(CONSTRAINTS.values()) | others


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


@pytest.mark.parametrize("name", ["mover", "gateway", "controller", "report", "development"])
def test_what_a_requirement_brings_along_is_pinned(name: str) -> None:
    seen: set[str] = set()
    needed = {package for root in direct(name) for package in dependencies(root, seen)}
    assert len(needed) > len(direct(name))
    assert needed - pinned("constraints") == set()


LOCKS = {
    "mover": ["mover"],
    "gateway": ["gateway"],
    "development": ["mover", "gateway", "controller", "report", "development"],
}
LOCKED = re.compile(
    r"^([\w.-]+)==(\S+)[^\n]*((?:\n    --hash=sha256:[0-9a-f]{64}(?: \\)?)+)$", re.MULTILINE
)


def locked(name: str) -> dict[str, tuple[str, int]]:
    """From the name of each package of a lock to its version and the number of its hashes."""
    return with_hashes(REQUIREMENTS / f"{name}.lock")


def with_hashes(path: Path) -> dict[str, tuple[str, int]]:
    text = path.read_text()
    found = {canonicalize_name(n): (v, h.count("sha256")) for n, v, h in LOCKED.findall(text)}
    # No line is overlooked, and none is without hashes.
    assert len(found) == len(re.findall(r"^[\w.-]", text, re.MULTILINE))
    return found


def test_what_is_installed_for_python_2_is_pinned_with_hashes() -> None:
    assert with_hashes(REQUIREMENTS / "old-swift-wheels.txt")["swift"] == ("2.17.1", 1)


def test_an_execution_environment_gets_what_a_mover_gets() -> None:
    metadata = yaml.safe_load((REQUIREMENTS.parent / "meta/execution-environment.yml").read_text())
    assert metadata["dependencies"] == {"python": "requirements/execution-environment.txt"}
    versions = {name: version for name, (version, _hashes) in locked("mover").items()}
    assert dict(line.split("==") for line in lines("execution-environment")) == versions


def test_every_lock_is_checked() -> None:
    assert {path.stem for path in REQUIREMENTS.glob("*.lock")} == set(LOCKS)


@pytest.mark.security
@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_has_all_that_is_installed_as_it_is_pinned_with_hashes(name: str) -> None:
    pins = dict(line.split("==") for line in lines("constraints"))
    versions = {canonicalize_name(package): version for package, version in pins.items()}
    seen: set[str] = set()
    roots = [root for part in LOCKS[name] for root in direct(part)]
    needed = {package for root in roots for package in dependencies(root, seen)}
    found = locked(name)
    assert needed <= found.keys()
    assert {package: version for package, (version, _hashes) in found.items()}.items() <= (
        versions.items()
    )
    # A wheel or more, and mostly the source.
    assert min(hashes for _version, hashes in found.values()) >= 1


@pytest.mark.security
@pytest.mark.parametrize("name", ["mover", "gateway"])
def test_the_bill_of_materials_is_that_of_the_lock(name: str) -> None:
    bill = json.loads((REQUIREMENTS / f"{name}.cdx.json").read_text())
    assert bill == materials(name)
    assert {component["name"] for component in bill["components"]} == locked(name).keys()
    for component in bill["components"]:
        (licence,) = component["licenses"]
        assert licence.get("expression") or licence["license"]["name"], component["name"]


@pytest.mark.security
def test_no_file_names_an_index() -> None:
    for path in REQUIREMENTS.iterdir():
        assert not re.search(r"index-url|find-links|https?://", path.read_text()), path.name
