# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The lab from the command line."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from tests.servers.errors import LabError
from tests.servers.installation import DEFAULT_VENV
from tests.servers.lab import Lab


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.servers",
        description="Two real Swift clusters and a real Keystone on loopback.",
    )
    parser.add_argument("command", choices=["up", "start", "stop", "status", "destroy"])
    parser.add_argument("--state", type=Path, required=True, help="directory of the lab")
    parser.add_argument("--venv", type=Path, default=DEFAULT_VENV, help="where the servers live")
    arguments = parser.parse_args()
    lab = Lab(arguments.state, arguments.venv)
    begun = time.monotonic()
    try:
        if arguments.command == "status":
            status = lab.status()
            for name, ready in status.items():
                print(f"{name:30} {'ready' if ready else 'not ready'}")
            return 0 if status and all(status.values()) else 3
        getattr(lab, arguments.command)()
    except LabError as error:
        print(f"{arguments.state}: {error}", file=sys.stderr)
        return 1
    seconds = time.monotonic() - begun
    if arguments.command in ("up", "start"):
        print(f"ready in {seconds:.1f} s; credentials in {lab.state.creds}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
