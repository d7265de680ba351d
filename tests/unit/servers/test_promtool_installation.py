# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What promtool complains of, and what it says when it complains of nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.servers.promtool_installation import PROGRAM, PromtoolInstallation


@pytest.mark.parametrize(
    ("script", "complaint"),
    [
        ("echo SUCCESS: 5 rules found", ""),
        ("echo no help text >&2", "no help text\n"),
        ("echo FAILED; exit 1", "FAILED\n"),
        ('test "$*" = "check metrics" && cat >&2', "given"),
    ],
)
def test_it_gives_what_is_complained_of(tmp_path: Path, script: str, complaint: str) -> None:
    program = tmp_path / PROGRAM
    program.parent.mkdir(parents=True)
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    assert PromtoolInstallation(tmp_path).complaints("check", "metrics", given="given") == complaint
