# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What a lab may be asked to do differently."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Settings:
    """The choices of one lab; the defaults are the servers' own, but where it is said.

    :param max_object_size: largest object that the destination takes in one PUT, in bytes.
    :param slo_max_segments: most segments that the destination takes in one SLO manifest.
    :param listing_limit: most entries of one page of a container listing, on both clusters.
    :param token_seconds: lifetime of Keystone's tokens.
    :param source_token_seconds: lifetime of the source's TempAuth tokens.
    :param error_suppression_limit: errors of a disk after which the source's proxy does without it
        for a minute.  Swift's own is 10; with one disk every request is a 503 for that minute, so
        the default never reaches it.
    :param old_source: the source is Swift 2.17.1 on Python 2.7, with memcached; otherwise it is the
        release of the destination.
    :param proxy_log_level: ``INFO``, which is not Swift's own, writes the logs that tests read.
    """

    max_object_size: int | None = None
    slo_max_segments: int | None = None
    listing_limit: int | None = None
    token_seconds: int = 3600
    source_token_seconds: int = 86400
    error_suppression_limit: int = 1_000_000
    old_source: bool = False
    proxy_log_level: str = "INFO"

    @classmethod
    def load(cls, path: Path) -> Settings:
        """Read what :meth:`save` wrote; the defaults when there is nothing."""
        return cls(**json.loads(path.read_text())) if path.exists() else cls()

    def save(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self), indent=1) + "\n")
