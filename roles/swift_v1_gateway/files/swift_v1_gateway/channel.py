# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A client's connection, which may not keep others out by saying nothing."""

from __future__ import annotations

import time
from typing import Any

from waitress.channel import HTTPChannel

ROOM = 400
"""Connections; a new one takes the place of the one that has waited longest for its request."""

DEADLINE = 10.0
"""Seconds that a client has to send a whole request, from its first byte on."""


class Channel(HTTPChannel):  # type: ignore[misc]  # waitress has no types
    """waitress closes a connection that is silent; one that sends a byte now and then it keeps."""

    will_close: bool

    def __init__(self, server: Any, *arguments: Any, **options: Any) -> None:
        self.waits_since = time.monotonic()
        super().__init__(server, *arguments, **options)
        channels = server.active_channels.values()
        if len(channels) > ROOM:
            waiting = [each for each in channels if each is not self and each.waits]
            if waiting:
                min(waiting, key=lambda each: float(each.waits_since)).handle_close()

    @property
    def waits(self) -> bool:
        """Whether its client has to say something before anything is done."""
        return not self.requests and not self.total_outbufs_len

    def received(self, data: bytes) -> Any:
        """Take what has come."""
        if self.request is None:
            self.waits_since = time.monotonic()
        return super().received(data)

    def readable(self) -> Any:
        """Look whether there is something to read, or nothing any more in time."""
        if self.request is not None and self.waits:
            self.will_close = self.will_close or time.monotonic() > self.waits_since + DEADLINE
        return super().readable()
