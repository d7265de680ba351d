# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A Docker engine of our own, apart from one that the machine may have, and an image for it."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

PROGRAMS = ("dockerd", "docker", "containerd", "runc", "setpriv", "sshd", "ssh", "sudo")
IMAGE = "swift-migration-host"
FOLDERS = (
    *("usr", "etc", "tmp", "root", "proc", "sys", "dev", "run", "var"),
    "etc/systemd/system",  # as every machine with systemd has it
)
FILES = {
    "etc/passwd": b"root:x:0:0:root:/root:/bin/sh\n",
    # At its first boot systemd would enable every unit that the host has installed.
    "etc/systemd/system-preset/00-none.preset": b"disable *\n",
}
"""Files that the image has of its own."""

START_SECONDS = 60.0


class EngineError(Exception):
    """The engine cannot be had; the message says what to do."""


class Engine:
    """dockerd, as long as the context lasts; it dies with this process.

    Containers have the host's network, so neither a bridge nor a packet filter is needed.
    """

    def __init__(self) -> None:
        self.root = Path()
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        _refuse()
        # Short, for there are sockets below.
        self.root = Path(tempfile.mkdtemp(prefix="cube-", dir="/tmp"))
        try:
            self.start()
            self._import_image()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process is not None:
            if ids := self.docker("ps", "--all", "--quiet", check=False).split():
                self.docker("rm", "--force", *ids, check=False)
            self.stop()
        mounted = [line.split()[1] for line in Path("/proc/mounts").read_text().splitlines()]
        for path in reversed(mounted):
            if path.startswith(f"{self.root}/"):
                subprocess.run(["umount", path], check=False)
        shutil.rmtree(self.root, ignore_errors=True)

    @property
    def environment(self) -> dict[str, str]:
        """What a program needs to find this engine."""
        return {"DOCKER_HOST": f"unix://{self.root}/docker.sock"}

    def start(self) -> None:
        """:raises EngineError: it does not answer."""
        folders = [f"--{name}-root={self.root / name}" for name in ("data", "exec")]
        with (self.root / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [
                    *("setpriv", "--pdeathsig", "TERM", "dockerd", *folders),
                    *(f"--pidfile={self.root}/pid", f"--host=unix://{self.root}/docker.sock"),
                    *("--bridge=none", "--iptables=false", "--ip6tables=false"),
                ],
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + START_SECONDS
        while not self.docker("version", "--format", "{{.Server.Version}}", check=False):
            if self._process.poll() is not None or time.monotonic() > deadline:
                end = "".join((self.root / "log").read_text().splitlines(keepends=True)[-5:])
                raise EngineError(f"dockerd does not start:\n{end}")
            time.sleep(0.2)

    def stop(self) -> None:
        """End it with everything in it, as the host's shutdown does."""
        assert self._process is not None
        self._process.terminate()
        self._process.wait(60)
        self._process = None

    @property
    def end(self) -> str:
        """A shell command that ends it, and returns when it has ended."""
        pid = self.root / "pid"
        return f"kill $(cat {pid}); while [ -e {pid} ]; do sleep 0.1; done"

    @property
    def restart(self) -> str:
        """A shell command that ends it, and returns when :meth:`revive` has started it again."""
        docker = f"docker --host unix://{self.root}/docker.sock version"
        return f"{self.end}; until {docker} >/dev/null 2>&1; do sleep 0.2; done"

    def revive(self) -> None:
        """Start it if it has ended, as systemd does."""
        assert self._process is not None
        if self._process.poll() is not None:
            self.start()

    def docker(
        self,
        *words: str,
        check: bool = True,
        stdin: bytes | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> str:
        done = subprocess.run(
            ["docker", *words],
            env={**os.environ, **self.environment, **(environment or {})},
            input=stdin if stdin is not None else b"",
            capture_output=True,
            check=False,
        )
        assert not check or done.returncode == 0, done.stderr.decode()
        return done.stdout.decode().strip()

    def make_image(self, name: str, variables: Mapping[str, str]) -> None:
        """Make one like `IMAGE` that gives these variables to its containers."""
        container = self.docker("create", "--network=host", IMAGE, "true")
        changes = [f"--change=ENV {key}={json.dumps(value)}" for key, value in variables.items()]
        self.docker("commit", *changes, container, name)
        self.docker("rm", container)

    def running(self) -> set[str]:
        """The names of the containers that run."""
        return set(self.docker("ps", "--format", "{{.Names}}").split())

    def _import_image(self) -> None:
        """A root of links to the host's programs, which each container mounts: no image registry
        is needed, and what runs in the containers is what runs beside them."""
        content = io.BytesIO()
        with tarfile.open(fileobj=content, mode="w") as archive:
            for name in FOLDERS:
                folder = tarfile.TarInfo(name)
                folder.type = tarfile.DIRTYPE
                folder.mode = 0o1777 if name == "tmp" else 0o755
                archive.addfile(folder)
            for name in ("bin", "sbin", "lib", "lib64"):
                link = tarfile.TarInfo(name)
                link.type, link.linkname = tarfile.SYMTYPE, f"usr/{name}"
                archive.addfile(link)
            for path, text in FILES.items():
                file = tarfile.TarInfo(path)
                file.size = len(text)
                archive.addfile(file, io.BytesIO(text))
        self.docker("import", "-", IMAGE, stdin=content.getvalue())


def mounts(*more: Path) -> list[str]:
    """What a container of `IMAGE` mounts, read-only, each where the host has it."""
    needed = ["/usr", *map(str, more)]
    if not Path(sys.base_prefix).is_relative_to("/usr"):
        needed.append(sys.base_prefix)
    return [f"{path}:{path}:ro" for path in needed]


def _refuse() -> None:
    if os.geteuid():
        raise EngineError("a Docker engine needs root")
    missing = [name for name in PROGRAMS if shutil.which(name) is None]
    compose = (
        subprocess.run(["docker", "compose", "version"], capture_output=True, check=False)
        if not missing
        else None
    )
    if missing or (compose is not None and compose.returncode):
        raise EngineError(
            f"{', '.join(missing) or 'Compose v2'} missing; on Debian, .ci/install-engine "
            "brings them"
        )


def main() -> None:
    """Say in one line why no engine runs here, or nothing where one does."""
    try:
        with Engine():
            pass
    except EngineError as error:
        print(" ".join(str(error).split()))


if __name__ == "__main__":
    main()
