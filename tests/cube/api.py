# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A client of the application's API."""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

TIMEOUT_SECONDS = 120.0


class NotAskedError(Exception):
    """Nobody listens: the application has not seen the request."""


class UnansweredError(Exception):
    """The request was sent, and the answer never came or was no success: it may be done or not."""


class Api:
    """Requests to one deployment.

    :param url: where its API is, for example ``http://127.0.0.1:8000/api/v1/``.
    """

    def __init__(self, url: str) -> None:
        self._url = url

    def upload(self, name: str, content: bytes) -> None:
        self._request("POST", name, content)

    def replace(self, name: str, content: bytes) -> None:
        self._request("PUT", name, content)

    def delete(self, name: str) -> None:
        self._request("DELETE", name)

    def download(self, name: str) -> bytes | None:
        """Return a file's content, or None when the application knows no such file.

        :raises UnansweredError: the application fails to give it.
        """
        try:
            return self._request("GET", name)
        except UnansweredError as error:
            cause = error.__cause__
            if isinstance(cause, urllib.error.HTTPError) and cause.code == 404:
                return None
            raise

    def files(self) -> dict[str, str]:
        """Return the SHA-256 of every file that the application remembers, by name."""
        listed: dict[str, Any] = json.loads(self._request("GET", ""))
        return {entry["name"]: entry["sha256"] for entry in listed["files"]}

    def _request(self, method: str, name: str, body: bytes | None = None) -> bytes:
        url = f"{self._url}files/{urllib.parse.quote(name)}"
        request = urllib.request.Request(url, body, method=method)  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310
                content: bytes = answer.read()
                return content
        except (OSError, http.client.HTTPException) as error:
            if isinstance(getattr(error, "reason", None), ConnectionRefusedError):
                raise NotAskedError(str(error)) from error
            raise UnansweredError(f"{method} {name}: {error}") from error
