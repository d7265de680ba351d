# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The segments of a static large object whose server does not give its manifest."""

from __future__ import annotations

import itertools
from collections import defaultdict

from .._errors import MigrationError
from .._swift.container import Container
from .._swift.manifest import Segment
from .._transport.http_messages import Response
from .segment_layout import PREFIX, joined_etag

CONTAINERS = ("{}_segments", "{}+segments")
"""Where clients put the segments of a container's objects."""

BEGINNINGS = ("{}/", f"{PREFIX}/{{}}/")
"""What the names of an object's segments begin with."""

MAX_SEGMENTS = 10_000
"""Segments of one object, of all its versions, that are looked at."""


def found_segments(container: Container, name: str, head: Response) -> list[Segment] | None:
    """Find them where clients put them.

    The ETag of the object tells that these are the ones: it is the MD5 of all their MD5s.  So the
    MD5 and the place of each is known, as a manifest would tell them.

    :param head: what the server answered to HEAD.
    :returns: None if they are somewhere else, or are not what the object was made of.
    """
    etag, size = head.etag, head.number("content-length")
    for form in CONTAINERS:
        try:
            store = container.sibling(form.format(container.name))
        except MigrationError:  # it cannot be, or it is not to be read
            continue
        if store.stat() is None:
            continue
        for beginning in BEGINNINGS:
            versions: dict[str, list[Segment]] = defaultdict(list)
            for entry in itertools.islice(store.listing(beginning.format(name)), MAX_SEGMENTS):
                version = entry.name.rpartition("/")[0]
                segment = Segment(store.name, entry.name, entry.hash, entry.size)
                versions[version].append(segment)
            for segments in versions.values():
                if joined_etag(segments) == etag and sum(each.size for each in segments) == size:
                    return segments
    return None
