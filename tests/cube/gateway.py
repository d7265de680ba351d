# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The v1 gateway beside the application, where no systemd runs it.

``gateway-url`` tells its address, so that it is the same after every start.
"""

from __future__ import annotations

import argparse
import sys
import time
import urllib.request
from pathlib import Path

from tests.cube.daemon import Daemon
from tests.servers import Lab, LabError, ports
from tests.servers.virtual_environment import ROOT

PACKAGE = ROOT / "roles" / "swift_v1_gateway" / "files"
START_SECONDS = 30.0


def gateway(state: Path, lab: Lab) -> Daemon:
    """Return the process for a lab's Keystone."""
    login = lab.description["destination"]
    command = (
        *(sys.executable, "-B", "-m", "swift_v1_gateway"),
        *("--keystone-url", login["auth_url"], "--region-name", login["region_name"]),
        *("--listen", _url(state).removeprefix("http://")),
    )
    environment = {"PYTHONPATH": str(PACKAGE), "HOME": str(state), "LC_ALL": "C.UTF-8"}
    return Daemon("gateway", state, command, environment)


def start(state: Path, lab: Lab) -> None:
    """Return when it answers.

    :raises LabError: it does not.
    """
    daemon = gateway(state, lab)
    daemon.start()
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            urllib.request.urlopen(f"{_url(state)}/healthcheck", timeout=5).close()  # noqa: S310
        except OSError as error:
            if not daemon.pid or time.monotonic() > deadline:
                raise LabError(f"the gateway does not answer; see {daemon.log}") from error
            time.sleep(0.1)
        else:
            return


def _url(state: Path) -> str:
    named = state / "gateway-url"
    if not named.exists():
        named.write_text(f"http://127.0.0.1:{ports.choose(['gateway'])['gateway']}\n")
    return named.read_text().strip()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.cube.gateway", description=__doc__)
    parser.add_argument("command", choices=["start", "stop"])
    parser.add_argument("--state", type=Path, required=True, help="directory of the deployment")
    parser.add_argument("--lab", type=Path, help="state directory of the lab, to start")
    options = parser.parse_args()
    state = options.state.absolute()
    if options.command == "start":
        if options.lab is None:
            parser.error("--lab is needed")
        start(state, Lab(options.lab))
    else:
        Daemon("gateway", state).stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
