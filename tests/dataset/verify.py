# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Compares two containers object by object, independently of the collection's own engine.

Every body is read whole from both clusters, with python-swiftclient. As a command it prints what
differs, and exits with 1 if anything does.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import threading
import urllib.parse
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from swiftclient.exceptions import ClientException

from tests.dataset.client import Account, Client

THREADS = 8
WAITING = 8 * THREADS
HEADERS = (
    "content-type",
    "content-length",
    "content-encoding",
    "content-disposition",
    "content-language",
    "cache-control",
    "expires",
    "x-robots-tag",
    "x-delete-at",
    "x-static-large-object",
)
METADATA = "x-object-meta-"


@dataclass(frozen=True)
class Difference:
    """One thing that is not the same; None where a side has nothing."""

    name: str
    what: str
    source: str | None
    destination: str | None

    def __str__(self) -> str:
        return (
            f"{self.name!r}: {self.what}: source {self.source!r}, destination {self.destination!r}"
        )


@dataclass
class Verification:
    """What was compared, and what differs.

    :param objects: names compared.
    :param bytes: of the bodies read from the source.
    :param gone: names that neither side gives any more, though a listing has them: expired objects.
    """

    objects: int = 0
    bytes: int = 0
    gone: int = 0
    differences: list[Difference] = field(default_factory=list)


@dataclass(frozen=True)
class Seen:
    """What a GET of one object shows; ``parts`` are size and MD5 of a large object's segments."""

    headers: dict[str, str]
    md5: str
    size: int
    parts: tuple[tuple[int, str], ...]


class Side:
    """A container of one cluster, read by several threads."""

    def __init__(self, account: Account, container: str) -> None:
        self._account = account
        self._container = container
        self._local = threading.local()

    def names(self, prefix: str) -> Iterator[str]:
        """Yield the names in the order of their UTF-8 bytes.

        :raises ValueError: when the server's order is another.
        """
        before = b""
        for entry in Client(self._account).listing(self._container, prefix):
            name: str = entry["name"]
            if before >= name.encode():
                raise ValueError(f"{self._container}: {name!r} is listed out of order")
            before = name.encode()
            yield name

    def see(self, name: str) -> Seen | None:
        """Read one object; None when there is none."""
        try:
            headers, body = self._client.read(self._container, name)
        except ClientException as error:
            if error.http_status == 404:
                return None
            raise
        digest = hashlib.md5(usedforsecurity=False)
        size = 0
        for chunk in body:
            digest.update(chunk)
            size += len(chunk)
        kept = {
            key: value
            for key, value in headers.items()
            if key in HEADERS or key.startswith(METADATA)
        }
        if "x-object-manifest" in headers:
            kept["x-object-manifest"] = "present"  # where it points may differ, see ``parts``
        return Seen(kept, digest.hexdigest(), size, tuple(self._parts(name, headers)))

    def _parts(self, name: str, headers: dict[str, str]) -> Iterator[tuple[int, str]]:
        if headers.get("x-static-large-object", "").lower() == "true":
            manifest = self._client.get(self._container, name, "multipart-manifest=get")
            for segment in json.loads(manifest):
                inline = segment.get("data")
                yield (segment["bytes"], segment["hash"]) if inline is None else (0, inline)
        elif "x-object-manifest" in headers:
            where = urllib.parse.unquote(headers["x-object-manifest"])
            container, _slash, prefix = where.partition("/")
            for entry in self._client.listing(container, prefix):
                yield entry["bytes"], entry["hash"]

    @property
    def _client(self) -> Client:
        if not hasattr(self._local, "client"):
            self._local.client = Client(self._account)
        client: Client = self._local.client
        return client


def verify(source: Side, destination: Side, prefix: str = "") -> Verification:
    """Compare every object of both containers whose name begins with ``prefix``."""
    result = Verification()
    waiting: deque[Future[tuple[str, Seen | None, Seen | None]]] = deque()

    def look(name: str, here: bool, there: bool) -> tuple[str, Seen | None, Seen | None]:
        return name, source.see(name) if here else None, destination.see(name) if there else None

    with ThreadPoolExecutor(THREADS) as pool:
        for pair in merge(source.names(prefix), destination.names(prefix)):
            waiting.append(pool.submit(look, *pair))
            if len(waiting) > WAITING:
                _add(result, *waiting.popleft().result())
        for future in waiting:
            _add(result, *future.result())
    return result


def merge(source: Iterator[str], destination: Iterator[str]) -> Iterator[tuple[str, bool, bool]]:
    """Yield each name once, with whether the source and the destination have it."""
    here, there = next(source, None), next(destination, None)
    while here is not None or there is not None:
        if there is None or (here is not None and here.encode() < there.encode()):
            assert here is not None
            yield here, True, False
            here = next(source, None)
        elif here is None or there.encode() < here.encode():
            yield there, False, True
            there = next(destination, None)
        else:
            yield here, True, True
            here, there = next(source, None), next(destination, None)


def differences(name: str, source: Seen, destination: Seen) -> Iterator[Difference]:
    """Yield what is not the same of an object that both sides have."""
    for what, here, there in (
        ("MD5", source.md5, destination.md5),
        ("size", str(source.size), str(destination.size)),
        ("segments", str(source.parts), str(destination.parts)),
    ):
        if here != there:
            yield Difference(name, what, here, there)
    for header in sorted(source.headers.keys() | destination.headers.keys()):
        here_value, there_value = source.headers.get(header), destination.headers.get(header)
        if here_value != there_value:
            yield Difference(name, header, here_value, there_value)


def _add(result: Verification, name: str, source: Seen | None, destination: Seen | None) -> None:
    result.objects += 1
    if source is None and destination is None:
        result.gone += 1
    elif source is None or destination is None:
        presence = ["missing" if seen is None else "present" for seen in (source, destination)]
        result.differences.append(Difference(name, "object", *presence))
    else:
        result.bytes += source.size
        result.differences += differences(name, source, destination)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.dataset.verify", description="Compare two containers of a lab."
    )
    parser.add_argument("--lab", type=Path, required=True, help="state directory of the lab")
    parser.add_argument("--source", default="users", help="container in the source")
    parser.add_argument("--destination", default="users", help="container in the destination")
    parser.add_argument("--prefix", default="", help="compare only names that begin with this")
    options = parser.parse_args(arguments)
    lab: dict[str, Any] = json.loads((options.lab / "creds" / "lab.json").read_text())
    try:
        result = verify(
            Side(Account.source(lab), options.source),
            Side(Account.destination(lab), options.destination),
            options.prefix,
        )
    except ClientException as error:
        print(error, file=sys.stderr)
        return 2
    for difference in result.differences:
        print(difference)
    print(
        f"{result.objects} objects, {result.bytes} bytes compared: "
        f"{len(result.differences)} differences"
    )
    return 1 if result.differences else 0


if __name__ == "__main__":
    sys.exit(main())
