# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Where the mover keeps its files about a pair of containers between runs."""

from __future__ import annotations

import hashlib
from pathlib import Path

STATE_DIR = "~/.local/state/fnndsc.swift_migration"
"""The folder, unless another one is named."""


def state_file(directory: str, pair: tuple[str, str], suffix: str) -> Path:
    """Name a file.

    :param directory: the state directory.
    :param pair: identifies source and destination.
    :param suffix: what the file is, as in ".sqlite".
    """
    name = hashlib.sha256("\n".join(pair).encode()).hexdigest()[:16]
    return Path(directory).expanduser() / f"{name}{suffix}"
