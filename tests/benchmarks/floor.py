# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The floor: GET, MD5, PUT over libcurl with threads, and nothing else.

python -m tests.benchmarks.floor LAB_JSON CONTAINER NEW_CONTAINER CONCURRENCY
"""

from __future__ import annotations

import hashlib
import io
import json
import queue
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pycurl

from tests.dataset.client import Account, Client

WHOLE = 4 << 20
"""Bytes up to which an object is held in memory; a longer one streams through."""
CHUNK = 512 << 10
CHUNKS = 8
SILENCE = 60.0
"""Seconds after which one side of a stream gives the other up."""

Row = dict[str, Any]


class Rows:
    """The entries of a listing, taken by many threads."""

    def __init__(self, rows: Iterator[Row]) -> None:
        self._rows = rows
        self._lock = threading.Lock()

    def take(self) -> Row | None:
        with self._lock:
            return next(self._rows, None)


class Copier:
    """Two connections, one to each side.  For one thread."""

    def __init__(self, source: Account, destination: Account, old: str, new: str) -> None:
        self._get, self._put = pycurl.Curl(), pycurl.Curl()
        self._old, self._new = f"{source.url}/{old}/", f"{destination.url}/{new}/"
        self._token = f"X-Auth-Token: {destination.token}"
        self._get.setopt(pycurl.HTTPHEADER, [f"X-Auth-Token: {source.token}"])
        self._get.setopt(pycurl.BUFFERSIZE, CHUNK)
        self._put.setopt(pycurl.WRITEFUNCTION, lambda _data: None)
        for curl in (self._get, self._put):
            curl.setopt(pycurl.NOSIGNAL, 1)

    def copy(self, row: Row) -> None:
        self._get.setopt(pycurl.URL, self._old + quote(row["name"]))
        self._put.setopt(pycurl.URL, self._new + quote(row["name"]))
        headers = [self._token, f"ETag: {row['hash']}", f"Content-Type: {row['content_type']}"]
        self._put.setopt(pycurl.HTTPHEADER, [*headers, "Expect:"])
        found = self._stream(row["bytes"]) if row["bytes"] > WHOLE else self._whole()
        expect(found, row["hash"])
        expect(self._get.getinfo(pycurl.RESPONSE_CODE), 200)
        expect(self._put.getinfo(pycurl.RESPONSE_CODE), 201)

    def _whole(self) -> str:
        body = io.BytesIO()
        self._get.setopt(pycurl.WRITEDATA, body)
        self._get.perform()
        data = body.getvalue()
        found = hashlib.md5(data, usedforsecurity=False).hexdigest()
        self._put.setopt(pycurl.CUSTOMREQUEST, "PUT")
        self._put.setopt(pycurl.POSTFIELDS, data)
        self._put.perform()
        return found

    def _stream(self, size: int) -> str:
        chunks: queue.Queue[bytes] = queue.Queue(CHUNKS)
        digest = hashlib.md5(usedforsecurity=False)
        rest = b""

        def receive(data: bytes) -> None:
            digest.update(data)
            chunks.put(data, timeout=SILENCE)

        def send(most: int) -> bytes:
            nonlocal rest
            data = rest or chunks.get(timeout=SILENCE)
            data, rest = data[:most], data[most:]
            return data

        self._get.setopt(pycurl.WRITEFUNCTION, receive)
        self._put.setopt(pycurl.UPLOAD, 1)
        self._put.setopt(pycurl.UPLOAD_BUFFERSIZE, CHUNK)
        self._put.setopt(pycurl.INFILESIZE_LARGE, size)
        self._put.setopt(pycurl.READFUNCTION, send)
        getting = threading.Thread(target=self._get.perform, daemon=True)
        getting.start()
        self._put.perform()
        getting.join()
        return digest.hexdigest()


def expect(found: object, wanted: object) -> None:
    if found != wanted:
        raise RuntimeError(f"{found} instead of {wanted}")


def main() -> None:
    lab, old, new, concurrency = sys.argv[1:]
    description = json.loads(Path(lab).read_text())
    source, destination = Account.source(description), Account.destination(description)
    rows = Rows(Client(source).listing(old))

    def work() -> None:
        copier = Copier(source, destination, old, new)
        while (row := rows.take()) is not None:
            copier.copy(row)

    with ThreadPoolExecutor(int(concurrency)) as pool:
        for working in [pool.submit(work) for _number in range(int(concurrency))]:
            working.result()


if __name__ == "__main__":
    main()
