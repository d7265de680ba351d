# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Keystone's identity API v3, as far as a lab needs it."""

from __future__ import annotations

import json
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

from tests.servers.errors import LabError


class Keystone:
    """Requests with the rights of one user in one project.

    https://docs.openstack.org/api-ref/identity/v3/
    """

    def __init__(self, url: str, user: str, password: str, project: str) -> None:
        self._url = url
        self._token = ""
        domain = {"id": "default"}
        credentials = {"name": user, "domain": domain, "password": password}
        scope = {"project": {"name": project, "domain": domain}}
        identity = {"methods": ["password"], "password": {"user": credentials}}
        headers, body = self._request(
            "POST", "/auth/tokens", {"auth": {"identity": identity, "scope": scope}}
        )
        self._token = headers["X-Subject-Token"]
        self.user_id: str = body["token"]["user"]["id"]

    def get(self, path: str, **query: str) -> Any:
        return self._request("GET", f"{path}?{urllib.parse.urlencode(query)}")[1]

    def post(self, path: str, body: Any) -> Any:
        return self._request("POST", path, body)[1]

    def put(self, path: str) -> None:
        self._request("PUT", path)

    def patch(self, path: str, body: Any) -> None:
        self._request("PATCH", path, body)

    def delete(self, path: str) -> None:
        self._request("DELETE", path)

    def ensure(self, collection: str, name: str, **attributes: Any) -> str:
        """Return the id of the thing with this name; create it when there is none."""
        found = self.get(f"/{collection}", name=name)[collection]
        if not found:
            single = collection.removesuffix("s")
            found = [self.post(f"/{collection}", {single: {"name": name, **attributes}})[single]]
        return str(found[0]["id"])

    def _request(self, method: str, path: str, body: Any = None) -> tuple[Any, Any]:
        request = urllib.request.Request(  # noqa: S310
            self._url + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        if self._token:
            request.add_header("X-Auth-Token", self._token)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
                content = answer.read()
                return answer.headers, json.loads(content) if content else {}
        except urllib.error.HTTPError as error:
            raise LabError(f"{method} {path}: {error.code} {error.read().decode()}") from error
