# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Answers of a server as the engine has them, for tests that need no server."""

from __future__ import annotations

from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.http_messages import (
    Response,
)


def response(status: int = 200, /, **headers: str) -> Response:
    """An answer with these headers, whose names may have underscores for dashes, and no body."""
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return Response(status, "\r\n".join([f"HTTP/1.1 {status} x", *lines, "", ""]).encode())
