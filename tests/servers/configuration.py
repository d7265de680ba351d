# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Writes the configuration of a lab's servers."""

from __future__ import annotations

import json
import os
import pwd
import secrets
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from tests.servers import keystone_home
from tests.servers.errors import LabError
from tests.servers.installation import Installation
from tests.servers.keystone_home import fernet_key
from tests.servers.settings import Settings
from tests.servers.state import State

REGION = "RegionOne"
SERVERS = ("object", "container", "account")


@dataclass(frozen=True)
class Secrets:
    """What only this lab knows, made at random once."""

    service_password: str
    user_password: str
    source_hash: str
    destination_hash: str
    tempauth_key: str

    @classmethod
    def of(cls, state: State) -> Secrets:
        """Read the secrets of a lab, and make them the first time."""
        path = state.root / "secrets.json"
        if not path.exists():
            made = {field.name: secrets.token_urlsafe(16) for field in fields(cls)}
            made["tempauth_key"] = fernet_key()
            state.write_private(path, json.dumps(made))
        return cls(**json.loads(path.read_text()))


@dataclass(frozen=True)
class Configuration:
    """All configuration files of a lab; written anew at each start, as ports may change."""

    installation: Installation
    state: State
    settings: Settings
    ports: Mapping[str, int]

    @property
    def keystone_url(self) -> str:
        return f"http://127.0.0.1:{self.ports['keystone']}"

    def write(self) -> None:
        """Write the files; data, keys and databases that exist stay as they are."""
        self._write_keystone()
        for cluster in ("source", "destination"):
            self._write_cluster(cluster)
        if not self.state.certificate.exists():
            self.state.certificate.parent.mkdir(mode=0o700, exist_ok=True)
            self._run("certificate.py", self.state.certificate, self.state.certificate_key)

    def _write_keystone(self) -> None:
        home = self.state.keystone
        keystone_home.write(
            home,
            log=self.state.log,
            url=self.keystone_url,
            token_seconds=self.settings.token_seconds,
        )
        if not (home / "keystone.db").exists():
            shutil.copy(self.installation.keystone_database, home / "keystone.db")

    def _write_cluster(self, cluster: str) -> None:
        home = self.state.cluster(cluster)
        etc = home / "etc"
        recon = home / "recon"
        for directory in (etc, recon, home / "devices" / "sdb1"):
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        known = Secrets.of(self.state)
        common = {
            # Swift looks its own user up in the password database.
            "user": pwd.getpwuid(os.getuid()).pw_name,
            "etc": etc,
            "blackhole_port": self.ports["blackhole"],
        }
        self.state.render(
            "swift.conf",
            etc / "swift.conf",
            hash=known.source_hash if cluster == "source" else known.destination_hash,
            constraints=self._constraints(cluster),
        )
        for kind in SERVERS:
            self.state.render(
                "storage.conf",
                etc / f"{kind}-server.conf",
                kind=kind,
                recon=recon,
                devices=home / "devices",
                port=self.ports[f"{cluster}-{kind}"],
                log_level="WARNING",
                extra="allow_versions = true" if kind == "container" else "",
                **common,
            )
        self.state.render(
            self._proxy_template(cluster),
            etc / "proxy-server.conf",
            port=self.ports[f"{cluster}-proxy"],
            log_level=self.settings.proxy_log_level,
            token_seconds=self.settings.source_token_seconds,
            error_suppression_limit=self.settings.error_suppression_limit,
            tempauth_key=known.tempauth_key,
            memcached_port=self.ports["source-memcached"],
            service_password=known.service_password,
            keystone_url=self.keystone_url,
            region=REGION,
            slo=_line("max_manifest_segments", self.settings.slo_max_segments),
            **common,
        )
        if cluster == "destination":
            for template, name in (
                ("expirer.conf", "object-expirer.conf"),
                ("internal-client.conf", "internal-client.conf"),
            ):
                self.state.render(template, etc / name, recon=recon, log_level="WARNING", **common)
        self._make_rings(cluster, etc)

    def _proxy_template(self, cluster: str) -> str:
        old = cluster == "source" and self.settings.old_source
        return "proxy-old-source.conf" if old else f"proxy-{cluster}.conf"

    def _constraints(self, cluster: str) -> str:
        lines = [_line("container_listing_limit", self.settings.listing_limit)]
        if cluster == "destination":
            lines.append(_line("max_file_size", self.settings.max_object_size))
        return "\n".join(line for line in lines if line)

    def _make_rings(self, cluster: str, etc: Path) -> None:
        ports = [str(self.ports[f"{cluster}-{kind}"]) for kind in SERVERS]
        made = etc / "rings.made"
        what = f"2 policies on {' '.join(ports)}"  # a lab of before they were two has one ring less
        if not made.exists() or made.read_text() != what:
            self._run("rings.py", etc, *ports)
            made.write_text(what)

    def _run(self, program: str, *arguments: Path | str) -> None:
        script = Path(__file__).parent / "programs" / program
        done = subprocess.run(
            [str(self.installation.python), str(script), *map(str, arguments)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode:
            raise LabError(f"{program} failed\n{done.stdout[-2000:]}")


def _line(name: str, value: int | None) -> str:
    return "" if value is None else f"{name} = {value}"
