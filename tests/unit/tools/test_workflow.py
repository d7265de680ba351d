# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The CI's jobs run every stage of ``make test``."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[3]
WORKFLOW = ROOT / ".github" / "workflows" / "ci.yml"
# Stands for all linters.
LINT = re.compile(r"^LINTERS := (.+)$", re.MULTILINE)


def stages() -> set[str]:
    """What ``make test`` runs."""
    done = subprocess.run(
        ["make", "--no-print-directory", "stages"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return set(done.stdout.split())


def targets(job: dict[str, Any]) -> Iterator[str]:
    """The make targets that a job asks for by name."""
    [linters] = LINT.findall((ROOT / "Makefile").read_text())
    for step in job["steps"]:
        for words in re.findall(r"\bmake ((?:[\w=-]+ ?)+)", step.get("run", "")):
            for word in words.split():
                yield from linters.split() if word == "lint" else [word]


def jobs() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = yaml.safe_load(WORKFLOW.read_text())["jobs"]
    return found


def test_every_stage_runs_by_name_in_a_job_of_each_push() -> None:
    always = [job for job in jobs().values() if "if" not in job]
    run = {target for job in always for target in targets(job)}
    assert len(stages()) >= 12
    assert stages() - run == set()


def test_no_job_and_no_step_may_fail() -> None:
    for name, job in jobs().items():
        for part in (job, *job["steps"]):
            assert "continue-on-error" not in part, name
            assert not re.search(r"\|\||; *true", part.get("run", "")), name


def test_units_and_sanity_run_on_each_python_that_is_supported() -> None:
    setup = (ROOT / "tests" / "tools" / "setup").read_text()
    [supported] = re.findall(r"names=\(python3 (.*?)\)", setup)
    [job] = [job for job in jobs().values() if {"unit", "sanity"} <= set(targets(job))]
    versions = {f"python{version}" for version in job["strategy"]["matrix"]["python"]}
    assert versions == set(supported.split())


def test_what_is_allowed_to_be_left_out_somewhere_runs_elsewhere() -> None:
    allowed = {
        name
        for job in jobs().values()
        for step in job["steps"]
        for name in step.get("env", {}).get("MAY_LEAVE_OUT", "").split()
    }
    always = [job for job in jobs().values() if "if" not in job]
    assert allowed <= {target for job in always for target in targets(job)} & stages()
