# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""One body relayed, for tests of what carries it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.http_messages import (
    Request,
    Response,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.relay import Relay
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.verified_upload import (
    Upload,
)


class Relayed(NamedTuple):
    """The answers to the GET and, if there was one, to the PUT."""

    get: Response
    put: Response | None


def relayed(
    relay: Relay, get: Request, upload_for: Callable[[Response], Upload | None], size: int
) -> Relayed:
    """Send the GET, and put its body if ``upload_for`` gives a PUT for the head of the answer."""
    with relay.get(get, size) as body:
        upload = upload_for(body.head)
        if upload is None:
            return Relayed(body.read(), None)
        return Relayed(body.head, body.put(upload))
