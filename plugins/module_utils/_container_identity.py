# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What tells a container from any other, by whatever address it is reached.  Pure."""

from __future__ import annotations

import hashlib
from urllib.parse import quote, urlsplit

MAX_NAME = 200
"""Bytes of a name that is stored as it is: Swift takes 256 bytes of a metadata value."""


def account(storage_url: str) -> str:
    """The name of an account.

    :param storage_url: its URL, as the login has given it.
    """
    return urlsplit(storage_url).path.rstrip("/").rpartition("/")[2]


def identity(storage_url: str, name: str, created: str) -> str:
    """Account and container name, and the moment the container was created.

    :param storage_url: the account's URL, as the login has given it.
    :param created: the container's ``X-Timestamp``, which later changes leave alone (measured with
        Swift 2.38).
    """
    named = f"{account(storage_url)}/{quote(name, safe='')}"
    if len(named) > MAX_NAME:
        named = hashlib.sha256(named.encode()).hexdigest()
    return f"{named}@{created}"
