# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What a server says about itself in ``/info``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit


class Server(NamedTuple):
    """Which program serves the object store; ``None`` for what it does not tell."""

    name: str | None
    version: str | None


def info_urls(storage_url: str) -> Iterator[str]:
    """Yield where the capabilities may be, the likely place first.

    Swift has them at ``/info`` beside ``/v1/ACCOUNT``, Ceph at ``/swift/info``
    beside ``/swift/v1/ACCOUNT``; a proxy may have put a prefix before either.
    """
    parts = urlsplit(storage_url)
    segments = parts.path.split("/")
    versions = [place for place, segment in enumerate(segments) if segment in ("v1", "v1.0")]
    prefix = "/".join(segments[: versions[-1]]) if versions else ""
    origin = f"{parts.scheme}://{parts.netloc}"
    yield from dict.fromkeys(f"{origin}{path}/info" for path in (prefix, "", "/swift"))


def identify_server(capabilities: Mapping[str, Any]) -> Server:
    """Tell Swift from Ceph by what only Ceph's ``RGWInfo`` names ``max_object_name_size``."""
    about = capabilities.get("swift")
    if not isinstance(about, Mapping):
        return Server(None, None)
    version = about.get("version")
    name = "ceph" if "max_object_name_size" in about else "swift"
    return Server(name, str(version) if version else None)
