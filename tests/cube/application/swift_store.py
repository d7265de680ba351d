# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A container that CUBE uses over Swift's own API."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import IO

import swiftclient
from swiftclient.exceptions import ClientException


class SwiftStore:
    """A container of a Swift that knows v1 login."""

    def __init__(self, container: str, login: Mapping[str, str]) -> None:
        self._container = container
        self._connection = swiftclient.Connection(**login)

    def connect(self) -> None:
        self._connection.put_container(self._container)

    def names(self, prefix: str = "") -> Iterator[str]:
        listed = self._connection.get_container(self._container, prefix=prefix, full_listing=True)[
            1
        ]
        return (entry["name"] for entry in listed)

    def read(self, name: str) -> bytes | None:
        try:
            body: bytes = self._connection.get_object(self._container, name)[1]
        except ClientException as error:
            if error.http_status == 404:
                return None
            raise
        return body

    def write(self, name: str, content: IO[bytes]) -> None:
        self._connection.put_object(self._container, name, content)

    def delete(self, name: str) -> None:
        self._connection.delete_object(self._container, name)
