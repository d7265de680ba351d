# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Every file says under which licence it may be used."""

from __future__ import annotations

import subprocess
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
LICENCE = "SPDX-License-Identifier: GPL-3.0-or-later"
HOLDER = "SPDX-FileCopyrightText: fnndsc.swift_migration contributors"
LINES = 6


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True
    )
    paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    return [path for path in paths if path.is_file()]


def declared() -> set[Path]:
    """Return the files that REUSE.toml speaks for."""
    annotations = tomllib.loads((ROOT / "REUSE.toml").read_text())["annotations"]
    patterns = [pattern for entry in annotations for pattern in entry["path"]]
    return {path for pattern in patterns for path in ROOT.glob(pattern)}


def test_every_tracked_file_names_its_licence_and_its_holder() -> None:
    files = set(tracked()) - declared() - {ROOT / "COPYING"}
    assert len(files) > 50
    wrong = []
    for path in sorted(files):
        head = "\n".join(path.read_text().splitlines()[:LINES])
        if LICENCE not in head or HOLDER not in head:
            wrong.append(str(path.relative_to(ROOT)))
    assert wrong == []


def test_the_licence_itself_is_there() -> None:
    head = (ROOT / "COPYING").read_text()[:200]
    assert "GNU GENERAL PUBLIC LICENSE" in head
    assert "Version 3" in head
