# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The files that tell clients how to log in: openrc, rclone.conf and lab.json."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tests.servers.configuration import REGION, Secrets
from tests.servers.seeding import PROJECT, TLS_REGION
from tests.servers.state import State

SOURCE_USER = "chris:chris1234"
SOURCE_KEY = "testing"
SOURCE_ACCOUNT = "AUTH_chris"
CONTAINER = "users"


class Credentials:
    """Everything a client needs to know of one lab."""

    def __init__(
        self,
        state: State,
        ports: Mapping[str, int],
        seeded: Mapping[str, Any],
        admin_password: str,
    ) -> None:
        self._state = state
        self._ports = ports
        self._application: Mapping[str, Mapping[str, str]] = seeded["app_credentials"]
        self._project_id: str = seeded["project_id"]
        self._admin_password = admin_password
        self._user_password = Secrets.of(state).user_password
        self._auth_url = f"http://127.0.0.1:{ports['keystone']}/v3"
        self._tls_auth_url = f"https://127.0.0.1:{ports['keystone-tls']}/v3"

    def write(self) -> None:
        """Write all files into ``creds``, readable by their owner alone."""
        for name in self._application:
            self._write(f"openrc-{name}.sh", self._application_openrc(name, REGION, self._auth_url))
        self._write(
            "openrc-tls.sh", self._application_openrc("migrate", TLS_REGION, self._tls_auth_url)
        )
        self._write("openrc-password.sh", self._password_openrc("chris", PROJECT))
        self._write("openrc-admin.sh", self._password_openrc("admin", "admin"))
        self._write("rclone.conf", self._rclone())
        self._write("lab.json", json.dumps(self.description(), indent=1) + "\n")

    def description(self) -> dict[str, Any]:
        """Return the content of lab.json."""
        migrate = self._application["migrate"]
        source = f"127.0.0.1:{self._ports['source-proxy']}"
        storage_url = self._storage_url("http", "proxy")
        return {
            "project_id": self._project_id,
            "region": REGION,
            "auth_url": self._auth_url,
            "storage_url": storage_url,
            "app_credentials": self._application,
            "source": {
                "auth_url": f"http://{source}/auth/v1.0",
                "storage_url": f"http://{source}/v1/{SOURCE_ACCOUNT}",
                "username": SOURCE_USER,
                "password": SOURCE_KEY,
                "container": CONTAINER,
                "tls_auth_url": f"https://127.0.0.1:{self._ports['source-tls']}/auth/v1.0",
            },
            "destination": {
                "auth_url": self._auth_url,
                "storage_url": storage_url,
                "region_name": REGION,
                "project_id": self._project_id,
                "project_name": PROJECT,
                "username": "chris",
                "password": self._user_password,
                "application_credential_id": migrate["id"],
                "application_credential_secret": migrate["secret"],
                "openrc": str(self._state.creds / "openrc-migrate.sh"),
                "tls_auth_url": self._tls_auth_url,
                "tls_region_name": TLS_REGION,
                "tls_storage_url": self._storage_url("https", "tls"),
            },
            "ca_cert": str(self._state.certificate),
            "ports": dict(self._ports),
        }

    def _write(self, name: str, text: str) -> None:
        self._state.write_private(self._state.creds / name, text)

    def _storage_url(self, scheme: str, kind: str) -> str:
        port = self._ports[f"destination-{kind}"]
        return f"{scheme}://127.0.0.1:{port}/v1/AUTH_{self._project_id}"

    def _application_openrc(self, name: str, region: str, auth_url: str) -> str:
        """Return the file as Horizon's "Download openrc file" gives it."""
        credential = self._application[name]
        return f"""\
#!/usr/bin/env bash

export OS_AUTH_TYPE=v3applicationcredential
export OS_AUTH_URL={auth_url}
export OS_IDENTITY_API_VERSION=3
export OS_REGION_NAME="{region}"
export OS_INTERFACE=public
export OS_APPLICATION_CREDENTIAL_ID={credential["id"]}
export OS_APPLICATION_CREDENTIAL_SECRET={credential["secret"]}
"""

    def _password_openrc(self, user: str, project: str) -> str:
        password = self._admin_password if user == "admin" else self._user_password
        return f"""\
export OS_AUTH_URL={self._auth_url}
export OS_IDENTITY_API_VERSION=3
export OS_USERNAME={user}
export OS_PASSWORD={password}
export OS_PROJECT_NAME={project}
export OS_USER_DOMAIN_ID=default
export OS_PROJECT_DOMAIN_ID=default
export OS_REGION_NAME={REGION}
"""

    def _rclone(self) -> str:
        migrate = self._application["migrate"]
        return f"""\
[source]
type = swift
auth = http://127.0.0.1:{self._ports["source-proxy"]}/auth/v1.0
user = {SOURCE_USER}
key = {SOURCE_KEY}
auth_version = 1

[destination]
type = swift
auth = {self._auth_url}
auth_version = 3
region = {REGION}
application_credential_id = {migrate["id"]}
application_credential_secret = {migrate["secret"]}
"""
