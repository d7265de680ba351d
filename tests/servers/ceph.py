# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A private Ceph: one monitor, one object store in memory, one RADOS gateway behind Keystone."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.servers import Lab, ports
from tests.servers.ceph_installation import CephInstallation
from tests.servers.configuration import Secrets
from tests.servers.errors import LabError
from tests.servers.keystone import Keystone
from tests.servers.process import dying_with
from tests.servers.state import State

REGION = "RegionCeph"
POOL = "default.rgw.buckets.data"
"""Where the gateway keeps the bytes of objects."""

START_SECONDS = 120.0  # 12 on an idle machine
STOP_SECONDS = 10.0
ACCESS = re.compile(
    r' beast: \S+ \S+ - .*? "(?P<method>[A-Z]+) (?P<path>\S+) HTTP/[\d.]+" (?P<status>\d{3})'
)


class Ceph:
    """A gateway in the catalog of a lab's Keystone, in a region of its own.

    As a context manager it is up inside and gone afterwards.

    :param lab: a running one.
    :param max_object_size: largest object that it takes in one PUT, in bytes.
    :param max_segments: most segments of a static large object.
    :param listing_limit: most entries of a page.
    :param silence: seconds for which it lets a connection rest before it closes it, as after an
        object that has lost what follows; 65 unless its admin sets ``request_timeout_ms``.
    :param keystone_url: where it reaches Keystone, without the version; the lab's own address if
        it is empty.
    :param installation: which Ceph it is; the host release's if there is none.
    """

    def __init__(
        self,
        lab: Lab,
        *,
        max_object_size: int = 5 * 1024**3,
        max_segments: int = 1000,
        listing_limit: int = 1000,
        silence: float = 65.0,
        keystone_url: str = "",
        installation: CephInstallation | None = None,
    ) -> None:
        self.lab = lab
        self._state = State(lab.state.root / "ceph")
        self._installation = installation or CephInstallation()
        self._limits = {
            "max_object_size": max_object_size,
            "max_segments": max_segments,
            "listing_limit": listing_limit,
            "request_timeout_ms": int(silence * 1000),
        }
        self._keystone_url = keystone_url or lab.description["auth_url"].removesuffix("/v3")
        self._processes: list[subprocess.Popen[bytes]] = []
        self._gateway: subprocess.Popen[bytes] | None = None
        self._ports: dict[str, int] = {}

    def __enter__(self) -> Self:
        self._installation.ensure()
        try:
            self._start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """End its processes and remove its files."""
        _end([self._gateway, *reversed(self._processes)] if self._gateway else self._processes)
        self._processes.clear()
        self._gateway = None
        shutil.rmtree(self._state.root, ignore_errors=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._ports['gateway']}"

    @property
    def description(self) -> dict[str, Any]:
        """The lab's, with the gateway for a destination."""
        described = self.lab.description
        return {**described, "destination": {**described["destination"], "region_name": REGION}}

    def restart(self, after: float = 0.0) -> None:
        """Stop the gateway and start it again; return when it answers.

        :param after: seconds for which it is down.
        """
        if self._gateway is None:
            raise LabError("the gateway does not run")
        _end([self._gateway])
        time.sleep(after)
        self._gateway = self._spawn("radosgw", "--name=client.gateway")
        self._wait()

    def rados(self, *arguments: str) -> str:
        """Do something to the pool behind the gateway's back; return what it tells."""
        return self._run("rados", f"--pool={POOL}", *arguments)

    def admin(self, *arguments: str) -> str:
        """Do what only an admin of the gateway can, as ``radosgw-admin`` does it."""
        return self._run("radosgw-admin", *arguments)

    @property
    def user(self) -> str:
        """As whom the gateway counts the project of the lab, once it has seen it."""
        project = self.lab.description["project_id"]
        return f"{project}${project}"

    def mark(self) -> int:
        """Return a place in the access log after everything asked so far, for :meth:`requests`."""
        return len(self._answered())

    def requests(self, since: int) -> list[str]:
        """Return what clients asked since a mark, as "METHOD path"."""
        return [line.partition(" ")[2] for line in self._answered()[since:]]

    def statuses(self, since: int) -> list[int]:
        """Return the status of each answer since a mark."""
        return [int(line.partition(" ")[0]) for line in self._answered()[since:]]

    def object_requests(self, since: int) -> list[str]:
        """Return those for objects."""
        return [line for line in self.requests(since) if re.search(r"/AUTH_\w+/[^/?]+/[^?]", line)]

    def _answered(self) -> list[str]:
        fence = f"/swift/info?fence={uuid.uuid4().hex}"
        deadline = time.monotonic() + STOP_SECONDS
        urllib.request.urlopen(self.url + fence).close()  # noqa: S310
        while True:
            text = self._gateway_log.read_text("utf-8", "replace")
            if fence in text:
                break
            if time.monotonic() > deadline:
                raise LabError(f"{self._gateway_log}: no access log here")
            time.sleep(0.05)
        lines = [
            " ".join(found.group("status", "method", "path")) for found in ACCESS.finditer(text)
        ]
        return [line for line in lines if "/swift/info" not in line]

    @property
    def _gateway_log(self) -> Path:
        return self.lab.state.log / "ceph-client.gateway.log"

    def _start(self) -> None:
        self._ports = ports.choose(("monitor", "gateway"))
        home = self._state.root
        shutil.rmtree(home, ignore_errors=True)
        for directory in (home, home / "mon", home / "osd"):
            directory.mkdir(mode=0o700, parents=True)
        fsid, disk = str(uuid.uuid4()), str(uuid.uuid4())
        self._state.render(
            "ceph.conf",
            home / "ceph.conf",
            fsid=fsid,
            home=home,
            log=self.lab.state.log,
            libraries=self._installation.libraries,
            monitor_port=self._ports["monitor"],
            gateway_port=self._ports["gateway"],
            keystone_url=self._keystone_url,
            service_password=Secrets.of(self.lab.state).service_password,
            **self._limits,
        )
        address = f"[v2:127.0.0.1:{self._ports['monitor']}]"
        map_file = str(home / "monmap")
        self._run("monmaptool", "--create", "--fsid", fsid, "--addv", "a", address, map_file)
        self._run("ceph-mon", "--id=a", "--mkfs", f"--monmap={map_file}")
        self._processes.append(self._spawn("ceph-mon", "--id=a"))
        self._run("ceph", "osd", "new", disk)
        self._run("ceph-osd", "--id=0", "--mkfs", f"--osd-uuid={disk}")
        self._processes.append(self._spawn("ceph-osd", "--id=0"))
        self._gateway = self._spawn("radosgw", "--name=client.gateway")
        self._wait()
        self._register()

    def _wait(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                urllib.request.urlopen(f"{self.url}/swift/info", timeout=5).close()  # noqa: S310
            except (OSError, urllib.error.URLError):
                running = [*self._processes, *filter(None, [self._gateway])]
                ended = [process.args for process in running if process.poll() is not None]
                if ended or time.monotonic() > deadline:
                    raise LabError(
                        f"Ceph did not start ({ended or 'timeout'}); see {self.lab.state.log}"
                    ) from None
                time.sleep(0.2)
            else:
                return

    def _register(self) -> None:
        """Put the gateway into the catalog, as an object store of another region."""
        login = self.lab.description
        password = self.lab.installation.admin_password.read_text()
        keystone = Keystone(login["auth_url"], "admin", password, "admin")
        if REGION not in {region["id"] for region in keystone.get("/regions")["regions"]}:
            keystone.post("/regions", {"region": {"id": REGION}})
        service = keystone.ensure("services", "swift", type="object-store")
        for old in keystone.get("/endpoints", region_id=REGION)["endpoints"]:
            keystone.delete(f"/endpoints/{old['id']}")
        endpoint = {
            "service_id": service,
            "region_id": REGION,
            "interface": "public",
            "url": f"{self.url}/swift/v1/AUTH_$(project_id)s",
        }
        keystone.post("/endpoints", {"endpoint": endpoint})

    @property
    def _environment(self) -> dict[str, str]:
        conf = str(self._state.root / "ceph.conf")
        return {**self._installation.environment, "CEPH_CONF": conf, "HOME": str(self._state.root)}

    def _run(self, *command: str) -> str:
        program, *arguments = command
        done = subprocess.run(
            [*self._installation.command(program), *arguments],
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=START_SECONDS,
            check=False,
        )
        if done.returncode:
            raise LabError(f"{' '.join(command[:2])} failed\n{done.stdout[-2000:]}")
        return done.stdout

    def _spawn(self, *command: str) -> subprocess.Popen[bytes]:
        program, *arguments = command
        with (self.lab.state.log / f"{program}.log").open("wb") as output:
            return subprocess.Popen(
                [*self._installation.command(program), *arguments, "--foreground"],
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                preexec_fn=dying_with(os.getpid()),
            )


def _end(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        process.send_signal(signal.SIGTERM)
    for process in processes:
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
