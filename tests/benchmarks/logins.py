# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""How contestants log in: near, as the lab says, or by a way with a long round trip."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.servers import Lab, LabError, ports
from tests.servers.configuration import REGION
from tests.servers.keystone import Keystone
from tests.servers.process import dying_with

DISTANT = "RegionDistant"
SIDES = ("source", "destination")
FILES = ("openrc-migrate.sh", "rclone.conf", "lab.json")
START_SECONDS = 10.0
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Logins:
    """A folder with the files that tell clients how to log in."""

    folder: Path

    @property
    def openrc(self) -> Path:
        return self.folder / "openrc-migrate.sh"

    @property
    def rclone(self) -> Path:
        return self.folder / "rclone.conf"

    @property
    def lab(self) -> Path:
        return self.folder / "lab.json"

    @property
    def description(self) -> dict[str, Any]:
        """Content of lab.json."""
        described: dict[str, Any] = json.loads(self.lab.read_text())
        return described


@contextlib.contextmanager
def distant(lab: Lab, round_trip: float) -> Iterator[Logins]:
    """Give logins to both Swifts by a way with a round trip of so many seconds.

    Each names the address of its storage itself: v1 auth that by which it was asked, Keystone's
    catalog one for each region. So no contestant has to be told.
    """
    real = lab.description["ports"]
    chosen = ports.choose(SIDES)
    region = f"{DISTANT}{chosen['destination']}"
    routes = [f"{chosen[side]}:{real[f'{side}-proxy']}" for side in SIDES]
    folder = lab.state.root / "distant"
    for name in FILES:
        text = (lab.state.creds / name).read_text()
        for old, new in (
            (f":{real['source-proxy']}/", f":{chosen['source']}/"),
            (REGION, region),
        ):
            text = text.replace(old, new)
        lab.state.write_private(folder / name, text)
    add_region(lab, region, f"http://127.0.0.1:{chosen['destination']}/v1/AUTH_$(project_id)s")
    command = [sys.executable, "-m", "tests.servers.delay_forwarder", str(round_trip), *routes]
    with subprocess.Popen(command, cwd=ROOT, preexec_fn=dying_with(os.getpid())) as forwarder:
        try:
            for port in chosen.values():
                wait_for(port)
            yield Logins(folder)
        finally:
            forwarder.terminate()


def add_region(lab: Lab, region: str, url: str) -> None:
    """Let Keystone's catalog offer the destination in one more region."""
    password = lab.installation.admin_password.read_text()
    admin = Keystone(lab.description["auth_url"], "admin", password, "admin")
    service = admin.ensure("services", "swift", type="object-store")
    admin.post("/regions", {"region": {"id": region}})
    endpoint = {"service_id": service, "region_id": region, "interface": "public", "url": url}
    admin.post("/endpoints", {"endpoint": endpoint})


def wait_for(port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError as error:
            if time.monotonic() > deadline:
                raise LabError("the delay forwarder does not start") from error
            time.sleep(0.05)
        else:
            return
