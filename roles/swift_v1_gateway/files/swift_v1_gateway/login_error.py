# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A login that did not come about."""

from __future__ import annotations


class LoginError(Exception):
    """Told to the client, and to the log; holds no secret.

    :param status: HTTP status for the client: 401 wrong, 502 misconfigured, 503 later.
    :param retry_after: seconds after which it is worth another try.
    """

    def __init__(self, status: int, message: str, *, retry_after: int | None = None) -> None:
        self.status = status
        self.message = message
        self.retry_after = retry_after
        super().__init__(message)
