# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A container of a real Ceph in several pages: one after the other, and in parts at one time."""

from __future__ import annotations

import io
import tarfile
from typing import Any

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cloud.connection import (
    Connection,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cloud.connection_options import (
    ConnectionOptions,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.container import (
    Container,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.parallel_listing import (
    WIDE,
    FetchPage,
    container_listing,
    wide_listing,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.swift_client import (
    SwiftClient,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.http_messages import (
    Response,
)

from tests.ceph.pair import PAGE, ToCeph
from tests.integration.conftest import Options
from tests.integration.listings.wide import NAMES, fill
from tests.integration.pair import counts

WHOLE_PAGE = 10_000
"""Most entries of a page that Ceph gives unasked, whatever its configuration says."""


class InShortPages(Container):
    """The container as it is listed by any run, but that each page is asked to be short."""

    def request(self, *arguments: Any, query: str = "", **options: Any) -> Response:
        return super().request(*arguments, query=f"{query}&limit={PAGE}", **options)


@pytest.mark.each_ceph
def test_a_listing_of_several_pages_is_read_to_its_end(pair: ToCeph) -> None:
    for name in ("before", "zebra"):
        pair.source.put(pair.name, name, b"1")
    assert counts(pair.sync()) == {"copied": 2}
    more = WHOLE_PAGE + 40
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        for number in range(more):
            tar.addfile(tarfile.TarInfo(f"many/{number:05}"))
    pair.destination._call("PUT", pair.name, query="extract-archive=tar", data=archive.getvalue())
    mark = pair.lab.mark()
    assert counts(pair.sync()) == {"kept": 2, "extra": more}
    pages = [line for line in pair.lab.requests(mark) if f"/{pair.name}?format=json" in line]
    assert len(pages) >= 3  # with the empty one at the end


def test_every_name_comes_once_and_in_order_from_several_readers(
    pair: ToCeph, gateway: Options
) -> None:
    fill(pair.destination, pair.name)
    connection = Connection(ConnectionOptions(**gateway))

    def make_fetch() -> FetchPage:
        container = InShortPages(SwiftClient(connection), pair.name)
        return lambda marker, end: container.page(marker, "", end)

    # Ceph does not tell the last name: how often a run divides the rest depends on its guess.
    for listed, least in (
        (lambda: wide_listing(make_fetch, pair.name, WIDE, NAMES[-1]), 3),
        (
            lambda: container_listing(
                lambda: InShortPages(SwiftClient(connection), pair.name), "", WIDE
            ),
            2,
        ),
    ):
        mark = pair.lab.mark()
        assert [entry.name for entry in listed()] == NAMES
        ends = {line.partition("end_marker=")[2] for line in pair.lab.requests(mark)}
        assert len(ends) >= least
