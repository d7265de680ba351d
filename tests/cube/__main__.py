# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The application from the command line: a deployment of the kind ``commands``."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from tests.cube.deployment import Deployment
from tests.servers.errors import LabError


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.cube", description=__doc__)
    parser.add_argument("--state", type=Path, required=True, help="directory of the deployment")
    commands = parser.add_subparsers(dest="command", required=True)
    make = commands.add_parser("make", help="configure it for a lab's old Swift")
    make.add_argument("--lab", type=Path, required=True, help="state directory of the lab")
    make.add_argument("--container", default="users")
    make.add_argument("--pfcon", action="store_true", help="with a process in pfcon's place")
    commands.add_parser("start", help="return when the API answers")
    commands.add_parser("stop", help="return when no process is left")
    commands.add_parser("status", help="end with 0 when all processes run, with 3 when none does")
    commands.add_parser("running", help="name the processes that run")
    environment = commands.add_parser("environment", help="what a running process really has")
    run = commands.add_parser("run", help="run -- ARGUMENT...: Python in a service's place")
    run.add_argument("arguments", nargs=argparse.REMAINDER, metavar="ARGUMENT")
    for command in (environment, run):
        command.add_argument("--service", default="server", choices=["server", "worker", "pfcon"])
    options = parser.parse_args()
    try:
        return _do(options, Deployment(options.state))
    except LabError as error:
        print(f"{options.state}: {error}", file=sys.stderr)
        return 1


def _do(options: argparse.Namespace, deployment: Deployment) -> int:
    begun = time.monotonic()
    if options.command == "make":
        # Roles run the other commands many times, which need neither.
        from tests.cube import logins
        from tests.servers import Lab

        variables = logins.old_swift(Lab(options.lab), options.container)
        deployment.make(variables, logins.pfcon(variables) if options.pfcon else None)
    elif options.command == "start":
        deployment.start()
        print(f"{deployment.url} answers after {time.monotonic() - begun:.1f} s")
    elif options.command == "stop":
        deployment.stop()
    elif options.command == "status":
        status = deployment.status()
        for name, running in status.items():
            print(f"{name:10} {'running' if running else 'stopped'}")
        return 0 if all(status.values()) else 1 if any(status.values()) else 3
    elif options.command == "running":
        for name, running in deployment.status().items():
            if running:
                print(name)
    elif options.command == "environment":
        for name, value in deployment.environment(options.service).items():
            print(f"{name}={value}")
    else:
        arguments = options.arguments[options.arguments[:1] == ["--"] :]
        return deployment.run(arguments, options.service).wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
