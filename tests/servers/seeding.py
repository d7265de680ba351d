# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What the destination's Keystone holds: projects, users, endpoints, application credentials."""

from __future__ import annotations

import contextlib
import datetime
import json
import time
from collections.abc import Mapping
from typing import Any

from tests.servers.configuration import REGION, Secrets
from tests.servers.errors import LabError
from tests.servers.keystone import Keystone
from tests.servers.state import State

PROJECT = "chris-nerc"
TLS_REGION = "RegionTLS"
ROLES = ("admin", "member", "reader", "service", "swiftoperator", "ResellerAdmin")
# user: (project, roles)
USERS = {
    "swift": ("service", ("service", "admin")),
    "chris": (PROJECT, ("member", "swiftoperator")),
    "opsonly": (PROJECT, ("swiftoperator",)),
    "outsider": (PROJECT, ("reader",)),
}
# application credential: (user, roles, unrestricted)
CREDENTIALS = {
    # First, because it needs a second to expire.
    "expired": ("chris", ("member", "swiftoperator"), False),
    "migrate": ("chris", ("member", "swiftoperator"), False),
    "migrate-unrestricted": ("chris", ("member", "swiftoperator"), True),
    "migrate-swiftoperator": ("chris", ("swiftoperator",), False),
    "opsonly-unrestricted": ("opsonly", ("swiftoperator",), True),
    # The proxy knows no role of these; it answers 403.
    "no-swift-role": ("outsider", ("reader",), False),
}


class Seeding:
    """Brings Keystone to what this file says; what is right already is left alone."""

    def __init__(self, state: State, ports: Mapping[str, int], admin_password: str) -> None:
        self._state = state
        self._ports = ports
        self._url = f"http://127.0.0.1:{ports['keystone']}/v3"
        self._password = Secrets.of(state).user_password
        self._expired = 0.0
        self._admin = Keystone(self._url, "admin", admin_password, "admin")

    def run(self) -> dict[str, Any]:
        """Return the project's id and the application credentials with their secrets."""
        remembered = self._state.root / "seeded.json"
        if remembered.exists():
            seeded: dict[str, Any] = json.loads(remembered.read_text())
        else:
            seeded = self._seed()
        if seeded.get("ports") != dict(self._ports):
            self._set_endpoints()
            seeded["ports"] = dict(self._ports)
            self._state.write_private(remembered, json.dumps(seeded))
        time.sleep(max(0.0, self._expired - time.time()))
        return seeded

    def _seed(self) -> dict[str, Any]:
        admin = self._admin
        roles = {name: admin.ensure("roles", name) for name in ROLES}
        projects = {
            name: admin.ensure("projects", name, domain_id="default")
            for name in ("admin", "service", PROJECT)
        }
        admin.put(
            f"/projects/{projects['admin']}/users/{admin.user_id}/roles/{roles['ResellerAdmin']}"
        )
        for user, (project, granted) in USERS.items():
            known = Secrets.of(self._state)
            password = known.service_password if user == "swift" else known.user_password
            identifier = admin.ensure("users", user, domain_id="default", password=password)
            for role in granted:
                admin.put(f"/projects/{projects[project]}/users/{identifier}/roles/{roles[role]}")
        return {
            "project_id": projects[PROJECT],
            "app_credentials": {name: self._credential(name) for name in CREDENTIALS},
        }

    def _credential(self, name: str) -> dict[str, str]:
        user, roles, unrestricted = CREDENTIALS[name]
        keystone = Keystone(self._url, user, self._password, PROJECT)
        wanted: dict[str, Any] = {
            "name": name,
            "roles": [{"name": role} for role in roles],
            "unrestricted": unrestricted,
        }
        path = f"/users/{keystone.user_id}/application_credentials"
        # A secret is told once only: one of an interrupted seeding is of no use.
        for old in keystone.get(path, name=name)["application_credentials"]:
            keystone.delete(f"{path}/{old['id']}")
        if name == "expired":
            answer = self._expiring(keystone, path, wanted)
        else:
            answer = keystone.post(path, {"application_credential": wanted})
        made = answer["application_credential"]
        return {"id": made["id"], "secret": made["secret"], "user_id": keystone.user_id}

    def _expiring(self, keystone: Keystone, path: str, wanted: dict[str, Any]) -> Any:
        """Make a credential that expires as soon as Keystone lets it.

        Keystone refuses a time that has passed already, which on a slow host one second may have.
        """
        for seconds in (1, 4, 16):
            self._expired = time.time() + seconds
            expires = datetime.datetime.fromtimestamp(self._expired, datetime.UTC)
            limited = {**wanted, "expires_at": expires.strftime("%Y-%m-%dT%H:%M:%S.%f")}
            with contextlib.suppress(LabError):
                return keystone.post(path, {"application_credential": limited})
        raise LabError("Keystone takes no application credential that expires soon")

    def _set_endpoints(self) -> None:
        self._ensure_regions()
        services = {
            kind: self._admin.ensure("services", name, type=kind)
            for kind, name in (("identity", "keystone"), ("object-store", "swift"))
        }
        present = {
            (item["service_id"], item["region_id"], item["interface"]): item
            for item in self._admin.get("/endpoints")["endpoints"]
        }
        for region, scheme, suffix in ((REGION, "http", "proxy"), (TLS_REGION, "https", "tls")):
            keystone = self._ports["keystone" if region == REGION else "keystone-tls"]
            swift = self._ports[f"destination-{suffix}"]
            urls = {
                "identity": f"{scheme}://127.0.0.1:{keystone}/v3",
                "object-store": f"{scheme}://127.0.0.1:{swift}/v1/AUTH_$(project_id)s",
            }
            for kind, url in urls.items():
                for interface in ("public", "internal", "admin"):
                    endpoint = {
                        "service_id": services[kind],
                        "region_id": region,
                        "interface": interface,
                        "url": url,
                    }
                    have = present.get((services[kind], region, interface))
                    if have is None:
                        self._admin.post("/endpoints", {"endpoint": endpoint})
                    elif have["url"] != url:
                        self._admin.patch(f"/endpoints/{have['id']}", {"endpoint": {"url": url}})

    def _ensure_regions(self) -> None:
        have = {region["id"] for region in self._admin.get("/regions")["regions"]}
        for region in (REGION, TLS_REGION):
            if region not in have:
                self._admin.post("/regions", {"region": {"id": region}})
