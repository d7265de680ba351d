# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What an account holds in all, and what it may hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from .._cloud.connection import Connection
from .._transport.header import whole_number
from .._transport.status_errors import StatusError
from .swift_client import SwiftClient


@dataclass(frozen=True)
class Account:
    """Totals of an account; ``None`` where the server does not tell.

    :param bytes: size of all objects.  :param objects: their number.
    :param containers: number of containers.  :param quota_bytes: largest size, None for no limit.
    """

    bytes: int | None = None
    objects: int | None = None
    containers: int | None = None
    quota_bytes: int | None = None

    @classmethod
    def of(cls, connection: Connection) -> Self:
        """HEAD the account.  Who may use single containers only gets no totals (403).

        :raises MigrationError: the server cannot be asked.
        """
        try:
            headers = SwiftClient(connection).request("HEAD").headers
        except StatusError as error:
            if error.status != 403:
                raise
            return cls()

        names = ("bytes-used", "object-count", "container-count", "meta-quota-bytes")
        return cls(*(whole_number(headers.get(f"x-account-{name}", "")) for name in names))
