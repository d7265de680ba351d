# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""python-swiftclient, with names sent exactly and headers read exactly.

``swiftclient.client.get_object`` and its like cannot be used for that: requests, below them, takes
the path ``a/../b`` for ``b``, and they unquote the values of headers.
"""

from __future__ import annotations

import json
import re
import time
import urllib.parse
from collections.abc import Iterator, Mapping
from typing import Any

import swiftclient.client
from keystoneauth1.identity.v3 import ApplicationCredential
from keystoneauth1.session import Session
from swiftclient.exceptions import ClientException

CHUNK = 1 << 16


class Account:
    """Where one cluster's containers are, and the token to use there."""

    def __init__(self, url: str, token: str) -> None:
        self.url = url
        self.token = token

    @classmethod
    def source(cls, lab: Mapping[str, Any]) -> Account:
        """Log in to the source of a lab, described by its lab.json."""
        login = lab["source"]
        return cls(
            *swiftclient.client.get_auth_1_0(
                login["auth_url"], login["username"], login["password"], snet=False
            )
        )

    @classmethod
    def destination(cls, lab: Mapping[str, Any]) -> Account:
        """Log in to the destination of a lab with its application credential."""
        login = lab["destination"]
        session = Session(
            ApplicationCredential(
                login["auth_url"],
                application_credential_id=login["application_credential_id"],
                application_credential_secret=login["application_credential_secret"],
            )
        )
        url = session.get_endpoint(
            service_type="object-store", region_name=login["region_name"], interface="public"
        )
        return cls(str(url), str(session.get_token()))


class Client:
    """One connection to an account; not to be shared by threads.

    :ivar age: seconds by which the server is told to date back what it is asked to change, which
        the source of a lab does; 0 for what really is now.
    """

    def __init__(self, account: Account) -> None:
        self.age = 0.0
        self._token = account.token
        parsed, self._connection = swiftclient.client.http_connection(account.url, timeout=120)
        self._root = parsed.path

    @property
    def account(self) -> str:
        """The account's name in the paths of its server."""
        return str(self._root.rpartition("/")[2])

    def close(self) -> None:
        self._connection.close()

    def put_container(self, container: str) -> None:
        self._call("PUT", container)

    def post_container(self, container: str, headers: Mapping[str, str]) -> None:
        self._call("POST", container, headers=headers)

    def delete_container(self, container: str) -> None:
        self._call("DELETE", container)

    def put(
        self,
        container: str,
        name: str,
        data: Any = b"",
        headers: Mapping[str, str] | None = None,
        query: str = "",
    ) -> None:
        self._call("PUT", container, name, query, headers or {}, data)

    def post(self, container: str, name: str, headers: Mapping[str, str]) -> None:
        self._call("POST", container, name, "", headers)

    def delete(self, container: str, name: str) -> None:
        self._call("DELETE", container, name)

    def head(self, container: str, name: str = "") -> dict[str, str]:
        return self._call("HEAD", container, name)[0]

    def read(
        self, container: str, name: str, query: str = ""
    ) -> tuple[dict[str, str], Iterator[bytes]]:
        """Return the headers and the body, which is to be read before the next request."""
        headers, answer = self._request("GET", container, name, query, {}, b"")
        return headers, iter(lambda: answer.read(CHUNK), b"")

    def get(self, container: str, name: str, query: str = "") -> bytes:
        """Return a small object's body."""
        return b"".join(self.read(container, name, query)[1])

    def listing(self, container: str, prefix: str = "") -> Iterator[dict[str, Any]]:
        """Yield a container's entries in the server's order, page by page until an empty one."""
        marker = ""
        while True:
            query = urllib.parse.urlencode({"format": "json", "marker": marker, "prefix": prefix})
            page = json.loads(self._call("GET", container, "", query)[1])
            if not page:
                return
            yield from page
            marker = page[-1]["name"]

    def _call(
        self,
        method: str,
        container: str,
        name: str = "",
        query: str = "",
        headers: Mapping[str, str] | None = None,
        data: Any = b"",
    ) -> tuple[dict[str, str], bytes]:
        received, answer = self._request(method, container, name, query, headers or {}, data)
        return received, b"".join(iter(lambda: answer.read(CHUNK), b""))

    def _request(
        self,
        method: str,
        container: str,
        name: str,
        query: str,
        headers: Mapping[str, str],
        data: Any,
    ) -> tuple[dict[str, str], Any]:
        path = f"{self._root}/{urllib.parse.quote(container)}"
        if name:
            path += "/" + quote_name(name)
        sent = {**headers, "X-Auth-Token": self._token}
        if self.age:
            sent["X-Timestamp"] = f"{time.time() - self.age:.5f}"
        self._connection.request(method, path + (f"?{query}" if query else ""), data, sent)
        answer = self._connection.getresponse()
        if answer.status >= 300:
            body = answer.read()
            raise ClientException.from_response(answer, f"{method} {container}/{name!r}", body)
        received = {
            key.lower(): value.encode("latin-1").decode() for key, value in answer.headers.items()
        }
        return received, answer


def quote_name(name: str) -> str:
    """Quote an object's name so that requests leaves its dots and slashes where they are."""
    quoted = urllib.parse.quote(name)
    return re.sub(r"(?<![^/])\.{1,2}(?![^/])", lambda dots: "%2E" * len(dots[0]), quoted)
