# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A script for ObjectServer that keeps objects, as far as large ones need it."""

from __future__ import annotations

import hashlib
import json
import re
from urllib.parse import parse_qs, unquote, urlsplit

from tests.unit.plugins.module_utils.fakes.object_server import Answer, Asked

KEPT = re.compile("content-type|x-object-.*|x-container-meta-.*|x-delete-at|x-symlink-target.*")
LINK, LINK_ACCOUNT, LINK_ETAG = (f"x-symlink-target{what}" for what in ("", "-account", "-etag"))


def md5(data: bytes) -> str:
    return hashlib.md5(data, usedforsecurity=False).hexdigest()


class ObjectStore:
    """Containers of objects.  A static large object is a manifest as PUT takes it.

    A symlink leads to an object of the same store, whatever its account is.

    :param readable: gives manifests back, as Swift does and Ceph does not.
    :ivar now: when an object that is put now was last modified, as listings show it.
    """

    def __init__(self, *, readable: bool = True) -> None:
        self.containers: dict[str, dict[str, str]] = {"c": {"x-timestamp": "1.0"}}
        self.objects: dict[tuple[str, str], bytes] = {}
        self.headers: dict[tuple[str, str], dict[str, str]] = {}
        self.manifests: dict[tuple[str, str], list[dict[str, object]]] = {}
        self.puts: list[str] = []
        self.now = "2026-01-01T00:00:00.000000"
        self._modified: dict[tuple[str, str], str] = {}
        self._readable = readable

    def put(self, name: str, body: bytes, container: str = "c", **headers: str) -> str:
        """Put a plain object; give its ETag."""
        self.containers.setdefault(container, {"x-timestamp": "1.0"})
        place = (container, name)
        self.objects[place] = body
        self._modified[place] = self.now
        self.headers[place] = {"content-type": "application/dicom", **headers}
        self.manifests.pop(place, None)
        return md5(body)

    def put_manifest(self, name: str, lines: list[dict[str, object]], container: str = "c") -> str:
        """Put a static large object; give its ETag."""
        parts = [str(line["path"]).lstrip("/").partition("/")[::2] for line in lines]
        etag = self.put(name, b"".join(self.objects[part] for part in parts), container)
        self.manifests[container, name] = lines
        etag = md5("".join(md5(self.objects[part]) for part in parts).encode())
        self.headers[container, name] |= {"x-static-large-object": "True", "etag": f'"{etag}"'}
        return etag

    def __call__(self, asked: Asked) -> Answer:
        parts = urlsplit(asked.path)
        query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        container, _slash, name = unquote(parts.path).split("/", 3)[3].partition("/")
        return (
            self._object(asked, container, name, query)
            if name
            else self._container(asked, container, query)
        )

    def _container(self, asked: Asked, name: str, query: dict[str, str]) -> Answer:
        if asked.method in ("PUT", "POST"):
            kept = {key: value for key, value in asked.headers.items() if KEPT.match(key)}
            self.containers.setdefault(name, {"x-timestamp": "1.0"}).update(kept)
            return Answer(201)
        if name not in self.containers:
            return Answer(404)
        if asked.method == "HEAD":
            return Answer(204, self.containers[name])
        rows = [
            {
                "name": key,
                "bytes": len(body),
                "hash": md5(body),
                "content_type": self.headers[container, key]["content-type"],
                "last_modified": self._modified[container, key],
                **(
                    {"symlink_path": f"/v1/AUTH_x/{self.headers[container, key][LINK]}"}
                    if LINK in self.headers[container, key]
                    else {}
                ),
            }
            for (container, key), body in sorted(self.objects.items())
            if container == name
            and key > query.get("marker", "")
            and key.startswith(query.get("prefix", ""))
        ]
        return Answer(200, body=json.dumps(rows).encode())

    def _object(self, asked: Asked, container: str, name: str, query: dict[str, str]) -> Answer:
        place = (container, name)
        if asked.method == "PUT":
            if LINK_ETAG in asked.headers and not self._leads_to(asked.headers):
                return Answer(409)
            self.puts.append(f"{container}/{name}")
            kept = {key: value for key, value in asked.headers.items() if KEPT.match(key)}
            if query.get("multipart-manifest") == "put":
                etag = self.put_manifest(name, json.loads(asked.body), container)
            else:
                etag = self.put(name, asked.body, container)
            self.headers[place] |= kept
            return Answer(201, {"ETag": etag})
        if place not in self.objects:
            return Answer(404)
        if asked.method == "DELETE":
            del self.objects[place], self.headers[place]
            return Answer(204)
        if LINK in self.headers[place] and query.get("symlink") != "get":
            return self._follow(asked, self.headers[place], query)
        body = self.objects[place]
        headers = {"ETag": md5(body), **self.headers[place]}
        if "etag" in headers:
            headers["ETag"] = headers.pop("etag")
        if "x-object-manifest" in self.headers[place] and "multipart-manifest" not in query:
            body = self._joined(unquote(self.headers[place]["x-object-manifest"]))
        if asked.method == "GET" and place in self.manifests and "multipart-manifest" in query:
            return Answer(200, headers, self._manifest(place) if self._readable else b"")
        if asked.headers.get("if-match", "").strip('"') not in ("", headers["ETag"].strip('"')):
            return Answer(412)
        if "range" in asked.headers:
            first, last = map(int, asked.headers["range"].removeprefix("bytes=").split("-"))
            return Answer(206, headers, body[first : last + 1])
        length = {"Content-Length": str(len(body))}
        return Answer(200, {**headers, **length}, body)

    def _leads_to(self, headers: dict[str, str]) -> bool:
        """Whether a static symlink leads to what it names."""
        container, _slash, name = unquote(headers[LINK]).partition("/")
        body = self.objects.get((container, name))
        return body is not None and md5(body) == headers[LINK_ETAG]

    def _follow(self, asked: Asked, link: dict[str, str], query: dict[str, str]) -> Answer:
        account = link.get(LINK_ACCOUNT, "AUTH_x")
        place = {"Content-Location": f"/v1/{account}/{link[LINK]}"}
        if LINK_ETAG in link and not self._leads_to(link):
            return Answer(409, place)
        container, _slash, name = unquote(link[LINK]).partition("/")
        answer = self._object(asked, container, name, query)
        return Answer(answer.status, {**place, **answer.headers}, answer.body)

    def _joined(self, pointer: str) -> bytes:
        """The bytes of a dynamic large object."""
        container, _slash, prefix = pointer.partition("/")
        return b"".join(
            body
            for (where, name), body in sorted(self.objects.items())
            if where == container and name.startswith(prefix)
        )

    def _manifest(self, place: tuple[str, str]) -> bytes:
        lines = []
        for line in self.manifests[place]:
            container, _slash, name = str(line["path"]).lstrip("/").partition("/")
            size = line.get("size_bytes") or len(self.objects[container, name])
            nested = (container, name) in self.manifests
            lines.append(
                {
                    "name": line["path"],
                    "bytes": size,
                    "hash": line["etag"],
                    **({"sub_slo": True} if nested else {}),
                    **({"range": line["range"]} if "range" in line else {}),
                }
            )
        return json.dumps(lines).encode()
