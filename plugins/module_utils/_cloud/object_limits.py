# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What a server takes of one object."""

from __future__ import annotations

from dataclasses import dataclass

from .._errors import MigrationError


@dataclass(frozen=True)
class ObjectLimits:
    """What limits large objects; by default as at a Swift whose ``/info`` tells no limits.

    :param size: bytes of one object that is no manifest.
    :param name: bytes of an object's name.
    :param container_name: bytes of a container's name.
    :param segments: segments in one static manifest; 0 for a server without them.
    :param manifest: bytes of one static manifest.
    :param rados_gateway: it is Ceph's.  A manifest there may name whole objects with bytes of
        their own only: inline data and manifests are refused, a range is ignored without a word.
        The PUT of a manifest that names its ETag is refused (all measured with 16 to 20).
    """

    size: int = 5 * 1024**3 + 2
    name: int = 1024
    container_name: int = 256
    segments: int = 1000
    manifest: int = 8 * 1024**2
    rados_gateway: bool = False

    def check_name(self, container: str, name: str, what: str) -> None:
        """Refuse a segment whose name does not fit.

        :param what: the segment and its object, for the message.
        :raises MigrationError: naming both, its length and the limit.
        """
        for text, limit, whose in (
            (container, self.container_name, f"container '{container}' for {what}"),
            (name, self.name, what),
        ):
            length = len(text.encode())
            if length > limit:
                raise MigrationError(
                    f"the name of {whose} has {length} bytes, the destination takes {limit}"
                )
