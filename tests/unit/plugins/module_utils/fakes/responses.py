# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Answers of a server as the engine has them, for tests that need no server."""

from __future__ import annotations

from collections.abc import Mapping

from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.http_messages import (
    Response,
)


def response(headers: Mapping[str, str], status: int = 200) -> Response:
    """An answer with these headers and no body."""
    lines = [f"{name}: {value}" for name, value in headers.items()]
    return Response(status, "\r\n".join([f"HTTP/1.1 {status} x", *lines, "", ""]).encode())
