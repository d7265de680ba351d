# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Pages that wait in a temporary file, and what a disk at fault is called."""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.page_spool import (
    PageSpool,
)


def test_pages_come_out_of_the_spool_as_they_went_in() -> None:
    spool = PageSpool()
    pages = [b"a" * 3, b"", b"b" * 5]
    places = [spool.add(page) for page in pages[:2]]
    assert spool.get(places[0]) == pages[0]
    places.append(spool.add(pages[2]))
    assert [spool.get(place) for place in reversed(places)] == [*reversed(pages)]
    spool.close()
    spool.close()


def test_a_full_disk_is_named_with_its_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(tempfile, "TemporaryFile", partial(Path("/dev/full").open, "r+b"))
    spool = PageSpool()
    with pytest.raises(MigrationError, match=rf"in {tmp_path}: No space left .* TMPDIR"):
        spool.add(b"page")
    spool.close()
